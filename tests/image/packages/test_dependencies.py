"""The packages of an image: which wheels are taken, and what is said when one cannot be. uv runs, without a network."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_image import no_index, put, wheel

from relevo.core.errors import OutsideError, RelevoError, UsageError
from relevo.image.packages.dependencies import install, packages, platform, prune
from relevo.tools.files import digests
from relevo.tools.process import run

LINUX = "x86_64-manylinux_2_28"
NOWHERE = "sha256:" + "0" * 64

Install = Callable[..., Path]


@pytest.fixture(scope="session")
def uv_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uv")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, uv_cache: Path) -> None:
    no_index(monkeypatch, uv_cache)


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    return tmp_path / "wheels"


@pytest.fixture
def laid(tmp_path: Path, wheels: Path) -> Install:
    """laid(list, python="3.12", platform=LINUX, locked=True): what was laid out for that list."""

    def lay(listed: str, python: str = "3.12", platform: str = LINUX, locked: bool = True) -> Path:
        (tmp_path / "requirements.txt").write_text(listed)
        install([tmp_path / "requirements.txt"], wheels, python, platform, tmp_path / "target", locked)
        return tmp_path / "target"

    return lay


@pytest.mark.parametrize(
    ("architecture", "musl", "name"),
    [
        ("amd64", False, "x86_64-manylinux_2_28"),
        ("arm64", False, "aarch64-manylinux_2_28"),
        ("amd64", True, "x86_64-unknown-linux-musl"),
        ("arm64", True, "aarch64-unknown-linux-musl"),
    ],
)
def test_a_platform_as_uv_calls_it(architecture: str, musl: bool, name: str, wheels: Path, laid: Install) -> None:
    assert platform(architecture, musl) == name
    assert packages(laid(wheel(wheels, "tiny"), platform=name)) == {"tiny": "1.0"}, "uv knows it"


def test_a_processor_without_packages_is_refused() -> None:
    with pytest.raises(UsageError, match=r"for `riscv64`(?s:.*)known here: amd64, arm64"):
        platform("riscv64", False)


def test_what_is_listed_is_laid_out_and_nothing_of_uv_stays(wheels: Path, laid: Install) -> None:
    target = laid(wheel(wheels, "tiny") + wheel(wheels, "other_one", "2.1"))
    assert packages(target) == {"other-one": "2.1", "tiny": "1.0"}
    assert (target / "tiny" / "__init__.py").is_file()
    assert not (target / ".lock").exists()


def test_a_list_of_nothing_lays_out_nothing(laid: Install) -> None:
    assert packages(laid("# nothing\n")) == {}


def test_the_wheel_is_that_of_the_base_and_not_of_this_machine(wheels: Path, laid: Install) -> None:
    tags = {
        "cp312-cp312-manylinux_2_17_x86_64": "for the base",
        "cp311-cp311-manylinux_2_17_x86_64": "for another Python",
        "cp312-cp312-manylinux_2_17_aarch64": "for another processor",
        "cp312-cp312-musllinux_1_2_x86_64": "for another C library",
        "cp312-cp312-win_amd64": "for another system",
        "cp312-cp312-manylinux_2_35_x86_64": "for newer systems",
    }
    lines = [wheel(wheels, "tiny", tag=tag, files={"tiny/tag": its.encode()}) for tag, its in tags.items()]
    listed = "tiny==1.0 " + " ".join(line.split()[1] for line in lines)
    assert (laid(listed) / "tiny" / "tag").read_text() == "for the base"


def test_conditions_of_the_list_are_read_for_the_python_of_the_base(wheels: Path, laid: Install) -> None:
    conditional = "{} ; python_full_version {} '3.12'{}"
    lines = [
        conditional.format("new==1.0", ">=", wheel(wheels, "new").removeprefix("new==1.0")),
        conditional.format("old==1.0", "<", wheel(wheels, "old").removeprefix("old==1.0")),
    ]
    assert packages(laid("".join(lines), python="3.13")) == {"new": "1.0"}


def test_an_unlocked_list_brings_what_its_packages_need(wheels: Path, laid: Install) -> None:
    needs = b"Metadata-Version: 2.1\nName: needs\nVersion: 1.0\nRequires-Dist: tiny\n"
    wheel(wheels, "needs", metadata=needs)
    wheel(wheels, "tiny")
    assert packages(laid("needs\n", locked=False)) == {"needs": "1.0", "tiny": "1.0"}


def test_a_locked_list_brings_only_what_it_lists(wheels: Path, laid: Install) -> None:
    needs = b"Metadata-Version: 2.1\nName: needs\nVersion: 1.0\nRequires-Dist: tiny\n"
    wheel(wheels, "tiny")
    assert packages(laid(wheel(wheels, "needs", metadata=needs))) == {"needs": "1.0"}


#: What lies in `wheels`, the list (the line of that wheel, or another), the code, and words of uv that are kept.
REFUSED = [
    pytest.param({"tag": "cp312-cp312-win_amd64"}, None, "no-wheel", "`win_amd64`", id="for another system"),
    pytest.param({"tag": "cp312-cp312-manylinux_2_17_aarch64"}, None, "no-wheel", "aarch64", id="another processor"),
    pytest.param({"tag": "cp39-cp39-manylinux_2_17_x86_64"}, None, "no-wheel", "`cp39`", id="for another Python"),
    pytest.param({"tag": "cp312-cp312-manylinux_2_35_x86_64"}, None, "no-wheel", "2_35", id="for newer systems"),
    pytest.param({}, f"tiny==1.0 --hash={NOWHERE}\n", "not-locked", NOWHERE, id="other content"),
    pytest.param({}, "tiny==1.0\n", "not-locked", "none were provided for: tiny==1.0", id="without a hash"),
    pytest.param({}, f"tiny --hash={NOWHERE}\n", "not-locked", "but found: tiny", id="without a version"),
    pytest.param(
        {}, f"tiny==2.0 --hash={NOWHERE}\n", "bad-requirements", "no version of tiny==2.0", id="other version"
    ),
    pytest.param({}, f"tyni==1.0 --hash={NOWHERE}\n", "bad-requirements", "tyni was not found", id="unknown"),
    pytest.param({}, f"hash==1.0 --hash={NOWHERE}\n", "bad-requirements", "hash was not found", id="called hash"),
    pytest.param({}, "tiny=1.0\n", "bad-requirements", "no such comparison operator", id="no requirement"),
    pytest.param({}, "-r more.txt\n", "bad-requirements", "No such file", id="a list that is not there"),
]


@pytest.mark.parametrize(("made", "listed", "code", "words"), REFUSED)
def test_a_list_that_cannot_be_had_is_refused_in_the_words_of_uv(  # noqa: PLR0917
    made: dict[str, Any], listed: str | None, code: str, words: str, wheels: Path, laid: Install
) -> None:
    line = wheel(wheels, "tiny", **made)
    with pytest.raises(UsageError) as refused:
        laid(listed or line)
    assert refused.value.code == code
    assert str(refused.value).startswith(f"`{wheels.parent / 'requirements.txt'}`")
    assert words in str(refused.value.message)
    assert refused.value.hint is not None
    if code == "no-wheel":
        assert refused.value.message.params["package"] == "tiny"
        assert "pip wheel tiny" in str(refused.value.hint)
    else:
        assert "uv pip compile --universal" in str(refused.value.hint)


@pytest.mark.parametrize("listed", ["tiny\n", "tiny>=1.1\n", "tiny<2\n", "needs\n"])
def test_a_package_without_a_wheel_is_named_however_it_was_asked_for(listed: str, wheels: Path, laid: Install) -> None:
    for version in ("1.0", "1.1", "2.0"):
        wheel(wheels, "tiny", version, tag="cp312-cp312-win_amd64")
    wheel(wheels, "needs", metadata=b"Metadata-Version: 2.1\nName: needs\nVersion: 1.0\nRequires-Dist: tiny\n")
    with pytest.raises(UsageError) as refused:
        laid(listed, locked=False)
    assert (refused.value.code, refused.value.message.params["package"]) == ("no-wheel", "tiny")


def test_a_package_that_must_be_built_is_named(wheels: Path, laid: Install) -> None:
    put(wheels, {"tiny-1.0.tar.gz": b"never opened"})
    with pytest.raises(UsageError) as refused:
        laid(f"tiny==1.0 --hash={NOWHERE}\n")
    assert (refused.value.code, refused.value.message.params["package"]) == ("no-wheel", "tiny")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"UV_OFFLINE": "1"}, "network was disabled"),
        ({"UV_DEFAULT_INDEX": "http://127.0.0.1:1/simple", "UV_HTTP_RETRIES": "0"}, "Failed to fetch"),
    ],
    ids=["no network", "nobody answers"],
)
@pytest.mark.parametrize("name", ["tiny", "xxhash"])
def test_packages_that_cannot_be_fetched_are_the_outside_world(  # noqa: PLR0917
    name: str, environment: dict[str, str], words: str, wheels: Path, laid: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(OutsideError) as refused:
        laid(f"{name}==1.0 --hash={NOWHERE}\n")
    assert refused.value.code == "packages-unreachable"
    assert words in str(refused.value.message)
    assert "folder `wheels`" in str(refused.value.hint)


def test_wheels_beside_the_list_need_no_network(wheels: Path, laid: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    assert packages(laid(wheel(wheels, "tiny"))) == {"tiny": "1.0"}


def test_a_list_that_is_not_locked_is_not_to_be_locked_anew(laid: Install) -> None:
    with pytest.raises(RelevoError) as refused:
        laid("tyni\n", locked=False)
    assert refused.value.code == "bad-requirements"
    assert "uv pip compile" not in str(refused.value)


NEEDED = [
    "a/__init__.py",
    "a/__init__.pyi",
    "a/bin/tool",
    "a/include/words.json",
    "a/testing/x.py",
    "a/b/data.json",
    "a/tests.py",
    "a-1.dist-info/METADATA",
    "a/x.so",
]
NEEDLESS = [
    "a/tests/test_x.py",
    "a/b/tests/deep/data.json",
    "bin/a",
    "include/site/a/a.hpp",
    "a/include/a.h",
    "a/x.pxd",
    "a/x.pyx",
    "a/lib.a",
    "a/x.h",
    "a/x.c",
    "a/__pycache__/x.cpython-312.pyc",
    "a-1.dist-info/direct_url.json",
    "a-1.dist-info/uv_cache.json",
]


def test_what_serving_never_opens_goes_away(tmp_path: Path) -> None:
    put(tmp_path, dict.fromkeys([*NEEDED, *NEEDLESS], ""))
    prune(tmp_path)
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert left == sorted(NEEDED)
    assert not [path for path in tmp_path.rglob("*") if path.is_dir() and path.name == "tests"]
    assert not [name for name in ("bin", "include") if (tmp_path / name).exists()]


def test_a_package_that_loads_its_parts_by_its_stub_can_be_imported(tmp_path: Path) -> None:
    """As `lazy_loader.attach_stub` does, which scikit-image and librosa call."""
    loads = "from pathlib import Path\nparts = Path(__file__).with_suffix('.pyi').read_text()\n"
    put(tmp_path, {"lazy/__init__.py": loads, "lazy/__init__.pyi": "from .a import b\n"})
    prune(tmp_path)
    done = run([sys.executable, "-c", "import lazy; print(lazy.parts)"], cwd=tmp_path, timeout=60)
    assert done.stdout.strip() == "from .a import b"


def test_a_package_goes_by_its_normal_name(wheels: Path, laid: Install) -> None:
    metadata = b"Metadata-Version: 2.1\nName: Ruamel.Yaml__x\nVersion: 1.0\n"
    assert packages(laid(wheel(wheels, "ruamel_yaml_x", metadata=metadata))) == {"ruamel-yaml-x": "1.0"}


def test_pruned_twice_it_is_as_pruned_once(tmp_path: Path) -> None:
    put(tmp_path, dict.fromkeys([*NEEDED, *NEEDLESS], ""))
    prune(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    prune(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before != []


def test_the_record_of_a_package_tells_only_of_what_is_left(tmp_path: Path) -> None:
    record = 'a/__init__.py,sha256=1,2\n"a/x,y.py",,\na/tests/t.py,sha256=3,4\n../../bin/a,,\na-1.dist-info/RECORD,,\n'
    gone = "a-1.dist-info/uv_cache.json,sha256=5,6\na-1.dist-info/direct_url.json,sha256=7,8\n"
    there = [
        "a/__init__.py",
        "a/x,y.py",
        "a/tests/t.py",
        "a-1.dist-info/uv_cache.json",
        "a-1.dist-info/direct_url.json",
    ]
    put(tmp_path, {**dict.fromkeys(there, ""), "a-1.dist-info/RECORD": record + gone})
    prune(tmp_path)
    left = (tmp_path / "a-1.dist-info/RECORD").read_text()
    assert left == 'a/__init__.py,sha256=1,2\n"a/x,y.py",,\na-1.dist-info/RECORD,,\n'


def test_laid_out_from_another_folder_at_another_time_it_is_the_same(
    wheels: Path, laid: Install, tmp_path: Path
) -> None:
    locked = wheel(wheels, "tiny")
    first = laid(locked)
    shutil.copytree(wheels, tmp_path / "elsewhere" / "wheels", copy_function=shutil.copyfile)
    (tmp_path / "elsewhere" / "requirements.txt").write_text(locked)
    again = tmp_path / "elsewhere" / "target"
    install([again.with_name("requirements.txt")], again.with_name("wheels"), "3.12", LINUX, again)
    assert digests(first) != digests(again), "uv writes down where and when"
    for target in (first, again):
        prune(target)
    assert digests(first) == digests(again)
