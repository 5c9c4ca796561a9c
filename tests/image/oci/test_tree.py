from collections.abc import Callable

import pytest

from relevo.image.oci.layout import Layout
from relevo.image.oci.tree import WHOLE, Tree, cleaned

Lay = Callable[..., Layout]

BELOW = {"a/": b"", "a/1": b"one", "a/2": b"two", "a/b/3": b"three", "c": b"see", "d/4": b"four"}


@pytest.mark.parametrize(
    ("above", "left"),
    [
        pytest.param({"a/.wh.1": b""}, {"a", "a/2", "a/b/3", "c", "d/4"}, id="one file"),
        pytest.param({".wh.a": b""}, {"c", "d/4"}, id="a folder with all that is in it"),
        pytest.param({".wh.d": b"", "d/5": b""}, {"a", "a/1", "a/2", "a/b/3", "c", "d/5"}, id="a folder, made anew"),
        pytest.param(
            {"a/": b"", "a/.wh..wh..opq": b"", "a/9": b""}, {"a", "a/9", "c", "d/4"}, id="what was in a folder"
        ),
        pytest.param({"a/9": b"", "a/.wh..wh..opq": b""}, {"a", "a/9", "c", "d/4"}, id="told after the new file"),
        pytest.param({".wh..wh..opq": b"", "x": b""}, {"x"}, id="everything"),
        pytest.param({"a": b""}, {"a", "c", "d/4"}, id="a folder becomes a file"),
        pytest.param({"a": "d"}, {"a", "c", "d/4"}, id="a folder becomes a link"),
        pytest.param(
            {"c/": b"", "c/5": b""}, {"a", "a/1", "a/2", "a/b/3", "c", "c/5", "d/4"}, id="a file becomes a folder"
        ),
        pytest.param({".wh.nobody": b""}, {"a", "a/1", "a/2", "a/b/3", "c", "d/4"}, id="what was not there"),
        pytest.param({"./a/.wh.1": b"", "/c": b""}, {"a", "a/2", "a/b/3", "c", "d/4"}, id="otherwise written names"),
    ],
)
def test_what_a_layer_takes_away(lay: Lay, above: dict[str, bytes], left: set[str]) -> None:
    assert set(Tree.of(lay(BELOW, above))) == left


def test_a_mark_is_only_for_the_layers_below(lay: Lay) -> None:
    tree = Tree.of(lay({"a": b""}, {".wh.a": b""}, {"a": b""}))
    assert (set(tree), tree["a"].layer) == ({"a"}, 2)


def test_keeps_as_much_of_a_file_as_is_asked_for(lay: Lay) -> None:
    layout = lay(
        {"etc/long": b"123456", "etc/short": b"1", "etc/link": "short", "etc/lost": "x"}, {"etc/short": b"new"}
    )
    tree = Tree.of(layout, lambda name: WHOLE if name == "etc/short" else 3)
    assert (tree["etc/long"].content, tree["etc/short"].content) == (b"123", b"new")
    assert tree.content("etc/none", "etc/lost", "etc/link") == tree.content("etc/short") == b"new"
    assert tree.content("etc/none") == b""
    assert Tree.of(layout)["etc/long"].content == b""


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [
        ("usr/bin/python3", "usr/bin/python3.11"),
        ("bin/python3", "usr/bin/python3.11"),
        ("usr/bin/python", "usr/bin/python3.11"),
        ("usr/bin/python3.11", "usr/bin/python3.11"),
        ("usr/bin/broken", ""),
        ("usr/bin/round", ""),
        ("usr/bin/none", ""),
    ],
)
def test_follows_links(lay: Lay, name: str, leads_to: str) -> None:
    files = {
        "bin": "usr/bin",
        "usr/bin/python3.11": b"",
        "usr/bin/python3": "python3.11",
        "etc/alternatives/python": "/bin/python3",
        "usr/bin/python": "../../etc/alternatives/python",
        "usr/bin/broken": "/nowhere",
        "usr/bin/round": "round",
    }
    assert Tree.of(lay(files)).followed(name) == leads_to


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("usr/lib/python3*/site-packages/*", ["usr/lib/python3.11/site-packages/pip"]),
        ("/usr/lib/python3*", ["usr/lib/python3.11"]),
        ("usr/lib/python3.11/site-packages/.*", ["usr/lib/python3.11/site-packages/.hidden"]),
        ("usr/local/bin/pip*", []),
        ("usr", ["usr"]),
    ],
)
def test_finds_what_a_shell_would(lay: Lay, pattern: str, matched: list[str]) -> None:
    site = "usr/lib/python3.11/site-packages"
    files = {
        "usr/": b"",
        "usr/lib/python3.11/": b"",
        f"{site}/pip/": b"",
        f"{site}/pip/main.py": b"",
        f"{site}/.hidden": b"",
    }
    assert Tree.of(lay(files)).matching(pattern) == matched


@pytest.mark.parametrize(("name", "path"), [("./a/b/", "a/b"), ("/a", "a"), ("a//b", "a/b"), (".", ""), ("../a", "a")])
def test_how_a_path_is_written(name: str, path: str) -> None:
    assert cleaned(name) == path
