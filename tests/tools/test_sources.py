"""Which files a stage is made from, and their digests."""

import hashlib
from pathlib import Path

import pytest
from small_image import put

from relevo.core.errors import OutsideError
from relevo.tools import sources


def test_plain_files_are_found_with_their_paths(tmp_path: Path) -> None:
    put(tmp_path, {"b.py": "", "a/c.txt": "", "a/deep/er/d": ""})
    found = sources.files(tmp_path)
    assert list(found) == ["a/c.txt", "a/deep/er/d", "b.py"]
    assert found["a/c.txt"] == tmp_path / "a" / "c.txt"


@pytest.mark.parametrize(
    "name", [".hidden", ".git/config", "a/.env", "a/.venv/x", "__pycache__/x.pyc", "a/__pycache__/x.cpython-312.pyc"]
)
def test_what_is_hidden_and_byte_code_are_no_sources(name: str, tmp_path: Path) -> None:
    put(tmp_path, {name: "", "own.py": ""})
    assert list(sources.files(tmp_path)) == ["own.py"]


def test_a_link_is_no_source(tmp_path: Path) -> None:
    put(tmp_path / "inside", {"own.py": ""})
    put(tmp_path / "outside", {"x.py": ""})
    (tmp_path / "inside" / "link.py").symlink_to(tmp_path / "outside" / "x.py")
    (tmp_path / "inside" / "linked").symlink_to(tmp_path / "outside")
    assert list(sources.files(tmp_path / "inside")) == ["own.py"]


def test_the_folder_itself_may_lie_in_a_hidden_one(tmp_path: Path) -> None:
    put(tmp_path / ".work" / "image", {"own.py": ""})
    assert list(sources.files(tmp_path / ".work" / "image")) == ["own.py"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=f"cannot read `{tmp_path / 'missing'}`"):
        sources.files(tmp_path / "missing")


def test_digests_are_of_the_content(tmp_path: Path) -> None:
    put(tmp_path, {"a": "1", "b": "1", "c": "2"})
    found = sources.digests(sources.files(tmp_path))
    assert found == {
        name: hashlib.sha256(content).hexdigest() for name, content in (("a", b"1"), ("b", b"1"), ("c", b"2"))
    }


def test_a_file_that_has_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=f"cannot read `{tmp_path / 'gone'}`"):
        sources.digests({"gone": tmp_path / "gone"})
