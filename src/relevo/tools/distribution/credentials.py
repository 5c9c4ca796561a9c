"""Where the password for a registry comes from. It is looked for when a registry asks, never shown and never kept."""

import base64
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relevo.core.errors import OutsideError, UsageError
from relevo.core.message import N_
from relevo.tools import process
from relevo.tools.distribution.reference import DOCKER_HUB
from relevo.tools.files import unreadable

USER, PASSWORD = "RELEVO_REGISTRY_USER", "RELEVO_REGISTRY_PASSWORD"

#: A helper asks a keyring or a cloud: in seconds.
HELPER_TIMEOUT = 30.0

#: The user that docker's helpers give when the secret is an identity token.
_TOKEN = "<token>"  # noqa: S105  a name, no secret


@dataclass(frozen=True, slots=True)
class Login:
    """`source` says where it was found, and is all of it that may be shown."""

    source: str
    user: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def is_token(self) -> bool:
        """Whether `password` is an identity token, which only buys other tokens."""
        return self.user == _TOKEN

    @property
    def basic(self) -> str:
        """The header Authorization of HTTP's own scheme."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Credentials:
    """RELEVO_REGISTRY_USER and RELEVO_REGISTRY_PASSWORD first, then the files that docker and podman log in with.

    The variables name no host, so they are for `target` alone: the registry that images are pushed to. In the files
    the first with an entry for the host wins, and in it the one for the longest part of `host/repository`.
    """

    target: str = ""
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def login(self, host: str, repository: str) -> Login | None:
        """None when nobody has told a password for this host.

        Raises UsageError when one of the two variables is missing, and OutsideError when a file or a helper is broken.
        """
        if host == self.target and (login := self._from_variables()):
            return login
        found = (_from_file(path, host, repository) for path in self._files())
        return next((login for login in found if login), None)

    def _from_variables(self) -> Login | None:
        user, password = self.environ.get(USER, ""), self.environ.get(PASSWORD, "")
        if bool(user) != bool(password):
            raise UsageError(
                "credentials-incomplete",
                N_("`{name}` is not set, but `{other}` is"),
                hint=N_("set both, or none of the two"),
                name=PASSWORD if user else USER,
                other=USER if user else PASSWORD,
            )
        return Login(USER, user, password) if user else None

    def _files(self) -> Iterator[Path]:
        if file := self.environ.get("REGISTRY_AUTH_FILE"):
            yield Path(file)
        if docker := self.environ.get("DOCKER_CONFIG"):
            yield Path(docker, "config.json")
        elif home := self.environ.get("HOME"):
            yield Path(home, ".docker", "config.json")
        if runtime := self.environ.get("XDG_RUNTIME_DIR"):
            yield Path(runtime, "containers", "auth.json")


def _from_file(path: Path, host: str, repository: str) -> Login | None:
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise unreadable(path, error) from error
    parts = [host, *repository.split("/")]
    names = ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]
    try:
        known = json.loads(content)
        entries = [known.get("credHelpers") or {}, known.get("auths") or {}]
        helpers, auths = ({_plain(key): value for key, value in entry.items()} for entry in entries)
        helper = helpers.get(host) or known.get("credsStore") or ""
        login = _from_helper(f"docker-credential-{helper}", host, path) if helper else None
        found = (_from_entry(auths[name], path) for name in names if name in auths)
        return login or next((login for login in found if login), None)
    except (ValueError, TypeError, AttributeError):
        raise OutsideError(
            "credentials-unreadable",
            N_("`{path}` is not what docker and podman write when they log in"),
            hint=N_("log in again, or mend that file"),
            path=str(path),
        ) from None  # a JSON error holds all that was read


def _plain(key: str) -> str:
    """`https://registry.example.org/v2/` → `registry.example.org`, and docker's name for its hub → `docker.io`."""
    name = re.sub(r"^https?://", "", key).rstrip("/")
    name = re.sub(r"^([^/]+)/v[12]$", r"\1", name)
    return re.sub(rf"^index\.{re.escape(DOCKER_HUB)}(?=/|$)", DOCKER_HUB, name)


def _from_entry(entry: Mapping[str, Any], path: Path) -> Login | None:
    if token := entry.get("identitytoken"):
        return Login(str(path), _TOKEN, token)
    user, colon, password = base64.b64decode(entry.get("auth") or "").decode().partition(":")
    return Login(str(path), user, password) if colon else None


def _from_helper(program: str, host: str, path: Path) -> Login | None:
    """By docker's protocol for credential helpers: the host to stdin, JSON from stdout."""
    asked = f"https://index.{DOCKER_HUB}/v1/" if host == DOCKER_HUB else host
    done = process.run([program, "get"], input=asked.encode(), timeout=HELPER_TIMEOUT, check=False)
    if done.returncode != 0 and "credentials not found" in done.stdout:
        return None
    try:
        answer = json.loads(done.stdout)
        user, password = answer["Username"], answer["Secret"]
    except (ValueError, TypeError, KeyError):
        # What it printed stays with us, it may be the password; so may the context of this error.
        raise OutsideError(
            "credentials-helper",
            N_("`{program}` gives no password for `{host}`; it ended with {returncode}"),
            hint=N_("log in again, or mend `credHelpers` and `credsStore` in `{path}`"),
            program=program,
            host=host,
            returncode=done.returncode,
            path=str(path),
        ) from None
    return Login(program, user, password) if user else None
