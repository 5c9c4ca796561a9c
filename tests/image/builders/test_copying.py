"""A Dockerfile followed without an engine: what each instruction does to the image, and what only an engine can do."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from small_image import PYTHON_LAYER, file, folder, laid_out, link, put, tar

from relevo.core.errors import FailureError
from relevo.image.builders.copying import Building
from relevo.image.dockerfile import parse
from relevo.image.oci.layout import Layout
from relevo.image.oci.tree import WHOLE, Tree

NAME = "sha256:base"
#: What lies in the context that is built.
CONTEXT = {"a.txt": "a", "b.txt": "b", "deep/er/c.txt": "c", "deep/d.txt": "d", "two words.txt": "2"}
RUN: Mapping[str, Any] = {
    "Env": ["PATH=/usr/bin", "LANG=C.UTF-8"],
    "Cmd": ["python3"],
    "Labels": {"theirs": "1"},
    "ExposedPorts": {"1/tcp": {}},
    "Volumes": {"/theirs": {}},
    "WorkingDir": "/usr",
}

Follow = Callable[..., Layout]


@pytest.fixture
def context(tmp_path: Path) -> Path:
    return put(tmp_path / "context", CONTEXT)


@pytest.fixture
def follow(tmp_path: Path, context: Path) -> Follow:
    """follow(lines, layer, …, User="1"): the image of `FROM ${BASE}` and `lines` on a base of these layers."""

    def build(lines: str, *layers: bytes, **run: Any) -> Layout:
        base = laid_out(tmp_path / "base", *(layers or [PYTHON_LAYER]), **run)
        building = Building(context, base, NAME, tmp_path / "built")
        for instruction in parse(f"FROM ${{BASE}}\n{lines}"):
            building.follow(instruction)
        return building.finished()

    return build


def files(layout: Layout) -> dict[str, str]:
    """Path → content, or `/` for a folder, of what a container of the image sees."""
    tree = Tree.of(layout, lambda name: WHOLE)
    return {name: "/" if tree[name].folder else tree[name].content.decode() for name in tree}


def top(layout: Layout) -> dict[str, tuple[str, int]]:
    """Path → kind and rights of what its last layer says, in the layer's order."""
    with layout.open(layout.layers[-1]) as opened:
        return {its.name: ("/" if its.isdir() else "-", its.mode) for its in opened}


DESCRIBED = [
    ("ENV A=1 PATH=/x:$PATH", {"Env": ["PATH=/x:/usr/bin", "LANG=C.UTF-8", "A=1"]}),
    ('ENV A="two words"\nENV B=${A}!', {"Env": [*RUN["Env"], "A=two words", "B=two words!"]}),
    ("ENV A one value", {"Env": [*RUN["Env"], "A=one value"]}),
    ("ARG X=1\nENV A=$X", {"Env": [*RUN["Env"], "A=1"]}),
    ('ARG X="two words" Y=2\nENV A=$X$Y', {"Env": [*RUN["Env"], "A=two words2"]}),
    ("ARG X\nENV A=$X.", {"Env": [*RUN["Env"], "A=."]}),
    ("ARG PATH=/x\nENV A=$PATH", {"Env": [*RUN["Env"], "A=/usr/bin"]}),
    ('LABEL mine="2" theirs=3', {"Labels": {"theirs": "3", "mine": "2"}}),
    ("ENV V=1.0\nLABEL v=$V", {"Env": [*RUN["Env"], "V=1.0"], "Labels": {"theirs": "1", "v": "1.0"}}),
    ("EXPOSE 8080 53/udp", {"ExposedPorts": {"1/tcp": {}, "8080/tcp": {}, "53/udp": {}}}),
    ("ENV P=80\nEXPOSE $P", {"Env": [*RUN["Env"], "P=80"], "ExposedPorts": {"1/tcp": {}, "80/tcp": {}}}),
    ("VOLUME /a /b", {"Volumes": {"/theirs": {}, "/a": {}, "/b": {}}}),
    ('VOLUME ["/two words"]', {"Volumes": {"/theirs": {}, "/two words": {}}}),
    ("USER 10001:0", {"User": "10001:0"}),
    ("WORKDIR /opt", {"WorkingDir": "/opt"}),
    ("WORKDIR local\nWORKDIR ../bin", {"WorkingDir": "/usr/bin"}),
    ("STOPSIGNAL SIGINT", {"StopSignal": "SIGINT"}),
    ('ENTRYPOINT ["python3", "-m", "x"]', {"Entrypoint": ["python3", "-m", "x"], "Cmd": None}),
    ("ENTRYPOINT serve now", {"Entrypoint": ["/bin/sh", "-c", "serve now"], "Cmd": None}),
    ('CMD ["a"]', {"Cmd": ["a"]}),
    ("CMD a b", {"Cmd": ["/bin/sh", "-c", "a b"]}),
    ("CMD []", {"Cmd": []}),
    ('CMD ["a"]\nENTRYPOINT ["b"]', {"Entrypoint": ["b"], "Cmd": ["a"]}),
    ('ENTRYPOINT ["b"]\nCMD ["a"]', {"Entrypoint": ["b"], "Cmd": ["a"]}),
]


@pytest.mark.parametrize(("lines", "changed"), DESCRIBED, ids=[lines for lines, _ in DESCRIBED])
def test_what_is_said_of_the_image_is_in_its_config_and_makes_no_layer(
    lines: str, changed: dict[str, Any], follow: Follow
) -> None:
    layout = follow(lines, **RUN)
    expected = {key: value for key, value in {**RUN, **changed}.items() if value is not None}
    assert layout.config["config"] == expected
    assert len(layout.layers) == 1
    assert layout.config["history"][1:] == [{"created_by": line, "empty_layer": True} for line in lines.splitlines()]


def test_an_image_without_a_path_gets_the_one_that_engines_give(follow: Follow) -> None:
    assert follow("ENV A=1").config["config"]["Env"] == [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "A=1",
    ]


COPIED = [
    ("COPY a.txt /opt/", {"opt": "/", "opt/a.txt": "a"}),
    ("COPY a.txt /opt/b", {"opt": "/", "opt/b": "a"}),
    ("COPY a.txt /x/y/z", {"x": "/", "x/y": "/", "x/y/z": "a"}),
    ("COPY a.txt /", {"a.txt": "a"}),
    ("COPY a.txt b.txt /opt/", {"opt": "/", "opt/a.txt": "a", "opt/b.txt": "b"}),
    ("COPY deep/ /opt/", {"opt": "/", "opt/d.txt": "d", "opt/er": "/", "opt/er/c.txt": "c"}),
    ("COPY deep /opt", {"opt": "/", "opt/d.txt": "d", "opt/er": "/", "opt/er/c.txt": "c"}),
    ("COPY deep/ /", {"d.txt": "d", "er": "/", "er/c.txt": "c"}),
    ("COPY deep/er a.txt /opt/", {"opt": "/", "opt/c.txt": "c", "opt/a.txt": "a"}),
    ('COPY ["two words.txt", "/opt/"]', {"opt": "/", "opt/two words.txt": "2"}),
    ("ENV D=deep\nCOPY $D/d.txt /$D/", {"deep": "/", "deep/d.txt": "d"}),
    ("WORKDIR /opt\nCOPY a.txt x", {"opt": "/", "opt/x": "a"}),
    ("WORKDIR /opt\nCOPY a.txt .", {"opt": "/", "opt/a.txt": "a"}),
    ("WORKDIR /opt\nCOPY a.txt b.txt ./", {"opt": "/", "opt/a.txt": "a", "opt/b.txt": "b"}),
    ("COPY a.txt /tmp", {"tmp": "/", "tmp/a.txt": "a"}),
    ("COPY a.txt /lib/", {"usr": "/", "usr/lib": "/", "usr/lib/a.txt": "a"}),
    ("COPY a.txt /lib/x/y", {"usr": "/", "usr/lib": "/", "usr/lib/x": "/", "usr/lib/x/y": "a"}),
    ("COPY deep /lib", {"usr": "/", "usr/lib": "/", "usr/lib/d.txt": "d", "usr/lib/er": "/", "usr/lib/er/c.txt": "c"}),
]


@pytest.mark.parametrize(("lines", "found"), COPIED, ids=[lines for lines, _ in COPIED])
def test_copied_files_are_one_layer_with_the_folders_that_lead_to_them(
    lines: str, found: dict[str, str], follow: Follow
) -> None:
    layout = follow(lines)
    assert len(layout.layers) == 2
    assert {name: kind for name, (kind, _) in top(layout).items()} == {
        name: "/" if content == "/" else "-" for name, content in found.items()
    }
    assert {name: files(layout)[name] for name in found} == found
    below = files(laid_out(layout.folder.parent / "again", PYTHON_LAYER))
    assert {name: files(layout)[name] for name in below} == below, "nothing of the base was lost"


def test_a_later_copy_covers_an_earlier_one(follow: Follow) -> None:
    layout = follow("COPY a.txt /opt/x\nCOPY b.txt /opt/x\n")
    assert len(layout.layers) == 3
    assert files(layout)["opt/x"] == "b"


def test_copied_files_keep_their_rights_and_have_no_times_and_no_owners(follow: Follow, context: Path) -> None:
    (context / "a.txt").chmod(0o750)
    (context / "deep").chmod(0o711)
    layout = follow("COPY a.txt /opt/\nCOPY deep /opt/deep\n")
    with layout.open(layout.layers[-2]) as first, layout.open(layout.layers[-1]) as second:
        found = {its.name: its for its in (*first, *second)}
    assert {name: its.mode for name, its in found.items()} == {
        "opt": 0o755,
        "opt/a.txt": 0o750,
        "opt/deep": 0o711,
        "opt/deep/d.txt": (context / "deep/d.txt").stat().st_mode & 0o777,
        "opt/deep/er": (context / "deep/er").stat().st_mode & 0o777,
        "opt/deep/er/c.txt": (context / "deep/er/c.txt").stat().st_mode & 0o777,
    }
    assert {(its.mtime, its.uid, its.gid, its.uname, its.gname) for its in found.values()} == {(0, 0, 0, "", "")}


@pytest.mark.parametrize(
    "lines",
    ["COPY a.txt /root/", "COPY a.txt /tmp/", "COPY deep /tmp", "COPY a.txt /tmp/new/x", "RUN rm -rf /tmp/old"],
)
def test_a_folder_of_the_base_keeps_its_rights(lines: str, follow: Follow) -> None:
    layout = follow(lines, PYTHON_LAYER, tar(file("tmp/old")))
    below, found = Tree.of(laid_out(layout.folder.parent / "again", PYTHON_LAYER)), Tree.of(layout)
    assert (
        {name: oct(found[name].mode) for name in ("root", "tmp")}
        == {name: oct(below[name].mode) for name in ("root", "tmp")}
        == {"root": "0o700", "tmp": "0o1777"}
    )
    assert len(top(layout)) > 1, "the layer names the folder"


REMOVED = [
    ("rm -rf /a", ["a"], ["b"]),
    ("rm -fr /a/", ["a"], ["b"]),
    ("rm -rf /a/x /b", ["a/x", "b"], ["a/y"]),
    ("rm -rf /a/*", ["a/x", "a/y", "a/deep"], ["a/.hidden"]),
    ("rm -rf /*/x", ["a/x", "c/x"], ["a/deep/x", "a/y"]),
    ("rm -rf /a/[xz]", ["a/x"], ["a/y"]),
    ("rm -rf /a/?", ["a/x", "a/y"], ["a/deep"]),
    ("rm -rf /a/deep /a/deep/x", ["a/deep"], ["a/x"]),
    ("rm -rf $WHERE", ["a"], ["b"]),
    ('rm -rf "/a/two words"', ["a/two words"], ["a/x"]),
    ("rm -rf /to-a/x", ["a/x"], ["a/y"]),
    ("rm -rf /to-a", ["to-a"], ["a/x"]),
    ("rm -rf /not/there", [], ["a/x"]),
    ("rm -rf", [], ["a/x"]),
]


@pytest.mark.parametrize(("command", "gone", "kept"), REMOVED, ids=[command for command, *_ in REMOVED])
def test_removed_is_what_the_shell_would_name_and_marked_so_in_a_layer(
    command: str, gone: list[str], kept: list[str], follow: Follow
) -> None:
    names = ["a/x", "a/y", "a/.hidden", "a/two words", "a/deep/x", "b", "c/x"]
    folders = [folder("a"), folder("a/deep"), folder("c")]
    base = tar(*folders, *(file(name, b"1") for name in names), link("to-a", "a"))
    layout = follow(f"ENV WHERE=/a\nRUN {command}", base)
    found = Tree.of(layout)
    assert len(layout.layers) == 2
    assert [name for name in found for its in gone if name == its or name.startswith(f"{its}/")] == []
    assert [name for name in kept if name not in found] == []
    marked = {name for name, (kind, _) in top(layout).items() if kind == "-"}
    wanted = {f"{'/'.join(its.split('/')[:-1])}/.wh.{its.split('/')[-1]}".lstrip("/") for its in gone}
    assert marked >= wanted
    assert not any(name.startswith("/") for name in top(layout))


def test_what_was_removed_can_be_copied_again(follow: Follow) -> None:
    layout = follow("RUN rm -rf /usr/local\nCOPY a.txt /usr/local/bin/pip\n")
    found = files(layout)
    assert {name: its for name, its in found.items() if name.startswith("usr/local")} == {
        "usr/local": "/",
        "usr/local/bin": "/",
        "usr/local/bin/pip": "a",
    }


def test_the_history_says_every_instruction_after_that_of_the_base(follow: Follow) -> None:
    layout = follow("RUN rm -rf /tmp/x\nUSER 1\nCOPY a.txt /opt/\n")
    assert [step["created_by"] for step in layout.config["history"]] == [
        "layer 0",
        "RUN rm -rf /tmp/x",
        "USER 1",
        "COPY a.txt /opt/",
    ]
    assert [layer.by for layer in layout.layers] == ["layer 0", "RUN rm -rf /tmp/x", "COPY a.txt /opt/"]


def test_an_argument_of_before_the_base_may_have_another_default(tmp_path: Path, context: Path) -> None:
    base = laid_out(tmp_path / "base", PYTHON_LAYER)
    building = Building(context, base, NAME, tmp_path / "built")
    for instruction in parse("ARG BASE=python:3.12-slim\nARG V=1\nFROM $BASE\nENV V=${V:-none}\n"):
        building.follow(instruction)
    assert "V=1" in building.finished().config["config"]["Env"]


def test_the_layers_of_the_base_stay_byte_for_byte_and_the_same_files_are_the_same_layer(
    follow: Follow, tmp_path: Path, context: Path
) -> None:
    first = follow("COPY deep /opt\n")
    base = Layout(tmp_path / "base").layers[0]
    assert first.layers[0].digest == base.digest
    assert first.blob(base.digest).read_bytes() == Layout(tmp_path / "base").blob(base.digest).read_bytes()
    put(tmp_path / "elsewhere", CONTEXT)
    building = Building(tmp_path / "elsewhere", Layout(tmp_path / "base"), NAME, tmp_path / "again")
    for instruction in parse("FROM ${BASE}\nCOPY deep /opt\n"):
        building.follow(instruction)
    assert building.finished().digest == first.digest


REFUSED = [
    ("RUN apt-get install -y curl", "RUN can only `rm -rf`"),
    ("RUN rm -rf /a && curl example.org", "RUN can only `rm -rf`"),
    ("RUN rm -rf /a; curl", "RUN can only `rm -rf`"),
    ("RUN rm -rf /a | cat", "RUN can only `rm -rf`"),
    ("RUN rm -rf $(pip cache dir)", "RUN can only `rm -rf`"),
    ("RUN rm -rf `ls`", "RUN can only `rm -rf`"),
    ("RUN rm -rf /a > /b", "RUN can only `rm -rf`"),
    ("RUN rm -r /a", "RUN can only `rm -rf`"),
    ("RUN rm /a", "RUN can only `rm -rf`"),
    ('RUN ["rm", "-rf", "/a"]', "RUN can only `rm -rf`"),
    ("RUN --mount=type=cache,target=/x rm -rf /a", "RUN can only `rm -rf`"),
    ("RUN rm -rf 'a", "RUN cannot be read: No closing quotation"),
    ("ADD a.txt /opt/", "ADD needs an engine"),
    ("ADD https://example.org/x /opt/", "ADD needs an engine"),
    ("FROM scratch", "the one base that can be taken is ${BASE}, and this names `scratch`"),
    ("FROM ${BASE}", "the one base that can be taken is ${BASE}, and this names `sha256:base`"),
    ("COPY missing.txt /opt/", "there is no `missing.txt` to copy"),
    ("COPY *.txt /opt/", "there is no `*.txt` to copy"),
    ("COPY ../base/index.json /opt/", "there is no `../base/index.json` to copy"),
    ("COPY /etc/passwd /opt/", "there is no `/etc/passwd` to copy"),
    ("COPY out /opt/", "there is no `out` to copy"),
    ("COPY --from=build /x /opt/", "COPY with options needs an engine"),
    ("COPY --chown=1 a.txt /opt/", "COPY with options needs an engine"),
    ("COPY a.txt", "COPY with options needs an engine"),
    ("COPY a.txt b.txt /opt/x", "`/opt/x`, which takes several files, must end in `/`"),
    ('COPY "a.txt /opt/', "COPY cannot be read: No closing quotation"),
    ('ENV A="1', "ENV cannot be read: No closing quotation"),
    ('LABEL a="1', "LABEL cannot be read: No closing quotation"),
    ("HEALTHCHECK CMD true", "HEALTHCHECK needs an engine"),
    ('SHELL ["/bin/bash"]', "SHELL needs an engine"),
    ("ONBUILD USER 1", "ONBUILD needs an engine"),
    ("FORM x", "FORM needs an engine"),
]


@pytest.mark.parametrize(("line", "said"), REFUSED, ids=[line for line, _ in REFUSED])
def test_what_only_an_engine_can_do_is_refused_naming_its_line(
    line: str, said: str, follow: Follow, context: Path
) -> None:
    (context / "out").symlink_to("/etc")
    with pytest.raises(FailureError) as refused:
        follow(f"# a comment\nUSER 1\n{line}\nUSER 2\n")
    assert refused.value.code == "needs-an-engine"
    assert refused.value.message.params["line"] == 4
    assert str(refused.value.message).startswith("`Dockerfile`, line 4: ")
    assert said in str(refused.value.message)
    assert "`builder` in [image]" in str(refused.value.hint)


def test_a_first_base_of_another_name_is_refused(tmp_path: Path, context: Path) -> None:
    building = Building(context, laid_out(tmp_path / "base", PYTHON_LAYER), NAME, tmp_path / "built")
    (instruction,) = parse("FROM python:3.12-slim")
    with pytest.raises(FailureError, match=r"line 1: .* names `python:3\.12-slim`"):
        building.follow(instruction)


def test_a_layer_is_in_the_order_of_its_names(follow: Follow, context: Path) -> None:
    put(context / "many", {name: name for name in ("b/z", "b.x", "a", "b/a", "B")})
    layout = follow("COPY many /opt\n")
    assert list(top(layout)) == ["opt", "opt/B", "opt/a", "opt/b", "opt/b/a", "opt/b/z", "opt/b.x"]
