"""The names of images, read as docker reads them."""

import re
from dataclasses import dataclass

from relevo.core.errors import UsageError
from relevo.core.message import N_

#: What a name without a host means, and the one whose repositories of one word are below `library/`.
DOCKER_HUB = "docker.io"

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-fA-F:]+\])(?::(?P<port>[0-9]{{1,5}}))?")
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REST = re.compile(
    rf"(?P<repository>{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_IMAGE_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Reference:
    """`host/repository:tag@digest`; `tag` and `digest` are empty where the name says none.

    `str` of it is the full name: `python:3.12-slim` becomes `docker.io/library/python:3.12-slim`.
    """

    host: str
    repository: str
    tag: str = ""
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> "Reference":
        """Raises UsageError for what docker would not take, and for a digest that is no SHA-256."""
        first, slash, rest = text.partition("/")
        if slash and (first == "localhost" or first != first.lower() or set(first) & set(".:")):
            host = first
        else:
            host, rest = DOCKER_HUB, text
        address, name = _HOST.fullmatch(host), _REST.fullmatch(rest)
        if (
            not address
            or not name
            or int(address["port"] or 1) not in range(1, 65_536)
            or len(name["repository"]) > 255
            or _IMAGE_ID.fullmatch(text)
        ):
            raise UsageError(
                "reference-invalid",
                N_("`{text}` is no name of an image"),
                hint=N_("write it like `registry.example.org/team/name:1.0.1`"),
                text=text,
            )
        if host == f"index.{DOCKER_HUB}":
            host = DOCKER_HUB
        official = host == DOCKER_HUB and "/" not in name["repository"]
        repository = f"library/{name['repository']}" if official else name["repository"]
        return cls(host, repository, name["tag"] or "", name["digest"] or "")

    @property
    def name(self) -> str:
        """What to ask the repository for: the digest, else the tag, else `latest`."""
        return self.digest or self.tag or "latest"

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.host}/{self.repository}{tag}{digest}"
