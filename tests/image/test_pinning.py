"""The name of a base with its digest, where a registry can be asked for it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_registry import Fake, sha256

from relevo.core.errors import UsageError
from relevo.image.oci.layout import MANIFEST_TYPE
from relevo.image.pinning import pinned

MANIFEST = b'{"schemaVersion": 2}'
DIGEST = "sha256:" + "a" * 64


@pytest.fixture(autouse=True)
def _no_login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(("name", "tag"), [("team/python:3.12-slim", "3.12-slim"), ("team/python", "latest")])
def test_a_name_gets_the_digest_that_its_registry_knows(name: str, tag: str, fakes: Callable[..., Fake]) -> None:
    fake = fakes()
    fake.manifests["team/python", tag] = MANIFEST_TYPE, MANIFEST
    assert pinned(f"{fake.host}/{name}") == f"{fake.host}/{name}@{sha256(MANIFEST)}"


def test_what_is_pinned_stays_as_it_is_and_nobody_is_asked(fakes: Callable[..., Fake]) -> None:
    fake = fakes()
    name = f"{fake.host}/team/python:3.12-slim@{DIGEST}"
    assert pinned(name) == name
    assert fake.seen == []


def test_what_the_registry_does_not_know_stays_as_it_is(fakes: Callable[..., Fake]) -> None:
    fake = fakes()
    assert pinned(f"{fake.host}/team/python:4") == f"{fake.host}/team/python:4"
    assert len(fake.seen) == 1


@pytest.mark.parametrize("auth", ["basic", "bearer"])
def test_a_registry_that_wants_a_password_that_nobody_told_is_none(auth: str, fakes: Callable[..., Fake]) -> None:
    fake = fakes(auth=auth)
    fake.manifests["team/python", "1"] = MANIFEST_TYPE, MANIFEST
    found = pinned(f"{fake.host}/team/python:1")
    # with bearer the registry's service of tokens has one for anybody, which opens nothing here
    assert found == f"{fake.host}/team/python:1"


def test_without_a_network_the_name_stays_as_it_is() -> None:
    assert pinned("127.0.0.1:1/team/python:1") == "127.0.0.1:1/team/python:1"


@pytest.mark.parametrize("name", ["Python", "python:", "oci:../base", "registry.example.org/", ""])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is no name of an image"):
        pinned(name)
