"""Registries that want a password: one in this process, in three kinds, and a real one where there is one."""

import hashlib
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_registry import PASSWORD, USER, Fake, sha256

from relevo.core.errors import OutsideError
from relevo.tools.distribution import Credentials, Registry


@dataclass
class Place:
    """A registry that wants a password, and a repository in it that is empty."""

    host: str
    user: str
    password: str
    repository: str = field(default_factory=lambda: f"relevo/t{uuid.uuid4().hex}")

    def registry(self, password: str | None = None) -> Registry:
        environ = {"RELEVO_REGISTRY_USER": self.user, "RELEVO_REGISTRY_PASSWORD": password or self.password}
        return Registry(self.host, Credentials(self.host, environ))

    def anonymous(self) -> Registry:
        return Registry(self.host, Credentials(environ={}))


@pytest.fixture(
    params=["basic", "bearer", "bearer-subjects", pytest.param("real", marks=pytest.mark.registry)],
)
def place(request: pytest.FixtureRequest, fakes: Callable[..., Fake]) -> Place:
    if request.param == "real":
        return Place(*(os.environ[f"RELEVO_TEST_REGISTRY{part}"] for part in ("", "_USER", "_PASSWORD")))
    auth, _, subjects = request.param.partition("-")
    return Place(fakes(auth=auth, subjects=bool(subjects)).host, USER, PASSWORD)


@pytest.fixture
def fails() -> Callable[[str, Callable[[], object]], str]:
    """fails(code, ask): `ask` raises an OutsideError with that code; what it says."""

    def fails(code: str, ask: Callable[[], object]) -> str:
        with pytest.raises(OutsideError) as caught:
            ask()
        assert caught.value.code == code, str(caught.value)
        return str(caught.value)

    return fails


@pytest.fixture
def blob(tmp_path: Path) -> Callable[[bytes], tuple[Path, str]]:
    """blob(content): a file with it, and its digest."""

    def make(content: bytes) -> tuple[Path, str]:
        path = tmp_path / "blobs" / hashlib.sha256(content).hexdigest()
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path, sha256(content)

    return make
