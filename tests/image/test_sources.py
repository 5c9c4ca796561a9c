"""The user's part of an image: which files there are, and what must not be missing or in the way."""

from pathlib import Path

import pytest
from small_image import put, settings

from relevo.core.errors import UsageError
from relevo.image.sources import OURS, Sources


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return put(tmp_path, {"image/Dockerfile": "FROM ${BASE}\n", "image/requirements.txt": "", "image/wheels/x.whl": ""})


@pytest.mark.parametrize("name", ["Dockerfile", "requirements.txt"])
@pytest.mark.parametrize("instead", [None, "folder"])
def test_a_missing_file_is_named_with_how_to_make_one(name: str, instead: str | None, root: Path) -> None:
    (root / "image" / name).unlink()
    if instead:
        (root / "image" / name).mkdir()
    with pytest.raises(UsageError, match=rf"^`image/{name}`, which the image is made from, is not there") as refused:
        Sources.of(root, "image/Dockerfile")
    assert (refused.value.code, str(refused.value.hint)) == (
        "image-source-missing",
        "make one to start from: relevo init --add image",
    )


@pytest.mark.parametrize("name", OURS)
def test_a_name_that_relevo_needs_must_be_free(name: str, root: Path) -> None:
    put(root, {f"image/{name}": ""})
    with pytest.raises(UsageError, match=rf"^`image/{name}` is in the way") as refused:
        Sources.of(root, "image/Dockerfile")
    assert refused.value.code == "image-name-taken"


def test_the_digests_are_those_of_every_file_by_its_path_in_the_line(root: Path) -> None:
    before = Sources.of(root, settings().image.dockerfile).digests()
    assert set(before) == {
        "image/Dockerfile",
        "image/requirements.txt",
        "image/wheels/x.whl",
    }
    put(root, {"image/Dockerfile": "FROM other\n", "image/.hidden": ""})
    after = Sources.of(root, "image/Dockerfile").digests()
    assert {name for name in before | after if before.get(name) != after.get(name)} == {"image/Dockerfile"}


@pytest.mark.parametrize("dockerfile", ["Dockerfile", "image/../Dockerfile", "/srv/Dockerfile"])
def test_a_dockerfile_needs_a_folder_of_its_own(dockerfile: str, root: Path) -> None:
    put(root, {"Dockerfile": "FROM ${BASE}\n", "requirements.txt": ""})
    with pytest.raises(UsageError, match="must lie in a folder of its own") as refused:
        Sources.of(root, dockerfile)
    assert refused.value.code == "image-folder"


def test_a_dockerfile_that_is_no_text_is_named(root: Path) -> None:
    (root / "image/Dockerfile").write_bytes("# año\n".encode("latin-1"))
    with pytest.raises(UsageError, match=r"^`image/Dockerfile` is not UTF-8 text"):
        Sources.of(root, "image/Dockerfile").instructions()
