from collections.abc import Callable
from typing import Any

import pytest

from relevo.core.artifact import Draft
from relevo.core.verdict import Outcome
from relevo.image.gates.contents import Contents

Image = Callable[..., Draft]

TIMED = b"\xa7\r\r\n" + b"\0\0\0\0" + b"\x01\x02\x03\x04"
BY_HASH = b"\xa7\r\r\n" + b"\x01\0\0\0" + b"\x01\x02\x03\x04"
SITE = "usr/lib/python3.11/site-packages"


def test_passes_an_image_that_only_serves(image: Image) -> None:
    verdict = Contents().check(image())
    assert (verdict.outcome, verdict.measured, verdict.evidence) == (Outcome.PASSED, 0, ())


@pytest.mark.parametrize(
    ("files", "path", "said"),
    [
        pytest.param(
            [f"{SITE}/pip/__init__.py", f"{SITE}/pip/_vendor/x/__init__.py"], f"{SITE}/pip", "installing", id="pip"
        ),
        pytest.param(["opt/x/setuptools/__init__.py"], "opt/x/setuptools", "installing", id="setuptools"),
        pytest.param(
            ["opt/x/wheel-0.45.1.dist-info/RECORD"], "opt/x/wheel-0.45.1.dist-info", "installing", id="metadata"
        ),
        pytest.param(
            ["usr/lib/python3/dist-packages/setuptools-66.1.1.egg-info/PKG-INFO"],
            "usr/lib/python3/dist-packages/setuptools-66.1.1.egg-info",
            "installing",
            id="metadata of the distribution",
        ),
        pytest.param(
            ["usr/lib/python3.11/ensurepip/_bundled/pip-24.0-py3-none-any.whl"],
            "usr/lib/python3.11/ensurepip/_bundled/pip-24.0-py3-none-any.whl",
            "installing",
            id="bundled wheel",
        ),
        pytest.param(
            ["usr/lib/python3.11/ensurepip/__init__.py"], "usr/lib/python3.11/ensurepip", "installing", id="ensurepip"
        ),
        pytest.param(["usr/local/bin/pip3.11"], "usr/local/bin/pip3.11", "installing", id="its command"),
        pytest.param(["opt/x/sklearn/__init__.py"], "opt/x/sklearn", "training", id="scikit-learn"),
        pytest.param(
            ["opt/x/scikit_learn-1.5.0.dist-info/METADATA"],
            "opt/x/scikit_learn-1.5.0.dist-info",
            "training",
            id="its metadata",
        ),
        pytest.param(
            ["opt/x/Scikit.Learn-1.5.0.dist-info/METADATA"],
            "opt/x/Scikit.Learn-1.5.0.dist-info",
            "training",
            id="its metadata under another of its names",
        ),
        pytest.param(["opt/x/_pytest/__init__.py"], "opt/x/_pytest", "tests", id="pytest"),
        pytest.param(["usr/bin/x86_64-linux-gnu-gcc-12"], "usr/bin/x86_64-linux-gnu-gcc-12", "compiling", id="gcc"),
        pytest.param(["usr/local/bin/make"], "usr/local/bin/make", "compiling", id="make"),
        pytest.param(
            ["usr/lib/gcc/x86_64-linux-gnu/12/cc1"], "usr/lib/gcc/x86_64-linux-gnu/12/cc1", "compiling", id="cc1"
        ),
    ],
)
def test_refuses_what_serving_does_not_need(image: Image, files: list[str], path: str, said: str) -> None:
    for draft in (image(dict.fromkeys(files, b"")), image(base=dict.fromkeys(files, b""))):
        verdict = Contents().check(draft)
        assert (verdict.outcome, verdict.measured) == (Outcome.FAILED, 1)
        assert said in verdict.evidence[0].text
        assert verdict.evidence[0].params["path"] == f"/{path}"
        assert f"rm -rf /{path}" in str(verdict.evidence[1])


@pytest.mark.parametrize(
    "path",
    [
        "usr/bin/ld.so",  # Debian's link to the dynamic linker
        "opt/x/uvicorn/wheel/__init__.py",  # a part of another package
        "opt/x/pip.txt",
        "opt/x/pipeline/__init__.py",
        "opt/x/scipy_stub-1.0.dist-info/METADATA",
        "usr/lib/python3.11/gcc",
        "usr/bin/accept",
        "usr/bin/make/",  # a folder
    ],
)
def test_takes_nothing_for_what_it_only_looks_like(image: Image, path: str) -> None:
    draft = image({path: b"", "opt/x/uvicorn/__init__.py": b""})
    assert Contents().check(draft).outcome is Outcome.PASSED


def test_what_the_dockerfile_takes_away_from_the_base_is_gone(image: Image) -> None:
    base = {f"{SITE}/pip/__init__.py": b"", f"{SITE}/pip/main.py": b"", "usr/bin/gcc": b""}
    assert (
        Contents().check(image({f"{SITE}/.wh.pip": b"", "usr/bin/.wh.gcc": b""}, base=base)).outcome is Outcome.PASSED
    )


@pytest.mark.parametrize(
    ("files", "path"),
    [
        (
            {"opt/relevo/service/tests/test_a.py": b"", "opt/relevo/service/tests/b/c.py": b""},
            "/opt/relevo/service/tests",
        ),
        (
            {"opt/x/__pycache__/a.cpython-311.pyc": TIMED, "opt/x/__pycache__/b.cpython-311.pyc": TIMED},
            "/opt/x/__pycache__",
        ),
        ({"opt/x/a.pyc": TIMED}, "/opt/x/a.pyc"),
    ],
)
def test_tests_and_bytecode_with_a_time_count_above_the_base(image: Image, files: Any, path: str) -> None:
    verdict = Contents().check(image(files))
    assert [message.params.get("path") for message in verdict.evidence] == [path, None]
    assert Contents().check(image({}, base=files)).outcome is Outcome.PASSED


def test_bytecode_by_hash_is_as_good_as_none(image: Image) -> None:
    assert Contents().check(image({"opt/x/__pycache__/a.cpython-311.pyc": BY_HASH})).outcome is Outcome.PASSED


def test_names_the_line_of_the_dockerfile_or_the_base(image: Image) -> None:
    layers = ({"opt/relevo/dependencies/scipy/__init__.py": b""}, {"opt/relevo/service/tests/a.py": b""})
    verdict = Contents().check(image(*layers, base={"usr/bin/gcc": b""}))
    assert [message.params.get("place") for message in verdict.evidence[:3]] == [
        "example/base:1",
        "image/Dockerfile:3",
        "image/Dockerfile:4",
    ]
    assert str(verdict.evidence[3]) == "add to `image/Dockerfile`, below FROM: RUN rm -rf /usr/bin/gcc"


def test_a_line_that_cannot_be_known_is_not_made_up(image: Image) -> None:
    layers = ({"opt/relevo/service/tests/a.py": b""}, {}, {})  # of which the Dockerfile explains two
    assert Contents().check(image(*layers)).evidence[0].params["place"] == "image/Dockerfile"


def test_shows_twenty_of_many_the_worst_first(image: Image) -> None:
    files = {f"opt/a{number:02}/tests/a.py": b"" for number in range(30)}
    verdict = Contents().check(image({**files, "usr/bin/pip": b""}))
    assert (verdict.measured, len(verdict.evidence)) == (31, 21)
    assert verdict.evidence[0].params["path"] == "/usr/bin/pip"
    assert str(verdict.evidence[-1]).endswith("/opt/a18/tests …")


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b no gzip", b"plain"])
def test_an_image_that_cannot_be_read_is_refused(image: Image, content: bytes) -> None:
    draft = image()
    for blob in (draft.folder / "oci/blobs/sha256").iterdir():
        if blob.read_bytes()[:2] == b"\x1f\x8b":
            blob.write_bytes(content)
    verdict = Contents().check(draft)
    assert verdict.outcome is Outcome.FAILED
    assert str(verdict.evidence[0]).startswith("the image in `oci` cannot be read: ")


def test_a_missing_image_is_refused(image: Image) -> None:
    draft = image()
    (draft.folder / "oci/index.json").unlink()
    assert Contents().check(draft).outcome is Outcome.FAILED
