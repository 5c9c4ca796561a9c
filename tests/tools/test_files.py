"""Files whole or not at all; digests of plain files only."""

import signal
import sys
from pathlib import Path

import pytest

from relevo.core.errors import OutsideError
from relevo.tools.files import digests, write_text
from relevo.tools.process import run

KILL_AFTER = Path(__file__).parents[1] / "kill_after.py"

# the well-known SHA-256 of "abc" and of nothing (FIPS 180-4 examples)
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_digests_of_every_file_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b/deep").mkdir(parents=True)
    (tmp_path / "b/deep/ñ").write_bytes(b"abc")
    (tmp_path / "a").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    assert digests(tmp_path) == {"a": NOTHING, "b/deep/ñ": ABC}


def test_a_link_has_no_digest(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/hostname")
    with pytest.raises(OutsideError, match="link` is no plain file"):
        digests(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"cannot read `.*/gone`: No such file"):
        digests(tmp_path / "gone")


def test_text_is_written_and_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "new" / "relevo.lock"
    for text in ("{}", "año\n"):
        write_text(path, text)
        assert path.read_bytes() == text.encode()
    assert list(path.parent.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError, match=r"cannot write `.*/file/relevo\.lock`: File exists"):
        write_text(tmp_path / "file" / "relevo.lock", "{}")


@pytest.mark.parametrize(("calls", "after"), [(1, "old"), (2, "new"), (3, "new"), (4, "new")])
def test_killed_after_any_write_the_text_is_the_old_or_the_new(tmp_path: Path, calls: int, after: str) -> None:
    path, script = tmp_path / "line" / "relevo.lock", tmp_path / "write.py"
    write_text(path, "old")
    script.write_text(
        "import sys; from pathlib import Path; from relevo.tools.files import write_text\n"
        "write_text(Path(sys.argv[1]), 'new')"
    )
    argv = [sys.executable, str(KILL_AFTER), str(calls), str(script), str(path)]
    assert run(argv, timeout=30, check=False).returncode == (0 if calls == 4 else -signal.SIGKILL)
    assert path.read_text() == after
    write_text(path, "newer")
    assert [(p.name, p.read_text()) for p in path.parent.iterdir()] == [("relevo.lock", "newer")]
