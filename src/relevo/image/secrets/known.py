"""Files of an image whose content is known from elsewhere, because somebody says its sum who made it.

Those are what a list in the image names: `RECORD` of a package from the locked list (wheel format), the sums of dpkg,
the records of apk; and the runtime and the model, whose sums relevo has.
"""

import csv
import hashlib
import posixpath
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from packaging.utils import canonicalize_name

from relevo.calls import runtime
from relevo.calls.names import MODEL, SERVICE
from relevo.core.artifact import Draft
from relevo.image.packages import system
from relevo.tools import sources

_RECORD = re.compile(r"(?P<site>.*/)?(?P<name>[^/]+)-(?P<version>[^/-]+)\.dist-info/RECORD")
_DPKG_SUMS = re.compile(r"var/lib/dpkg/info/[^/]+\.md5sums")
_DPKG_SETTINGS = re.compile(r"^ /(\S+) ([0-9a-f]{32})", re.MULTILINE)
#: What the managers of packages write for themselves.
_DATABASES = ("var/lib/dpkg/", "var/lib/apt/", "var/cache/apt/", "var/cache/debconf/", "lib/apk/db/", "usr/lib/apk/db/")


class Sum(NamedTuple):
    """The sum of a content, in hexadecimal, by one way of hashlib."""

    way: str
    value: str

    def is_of(self, content: bytes) -> bool:
        return hashlib.new(self.way, content, usedforsecurity=False).hexdigest() == self.value


def is_list(name: str, packages: Mapping[str, str]) -> bool:
    """Whether the file `name` of a layer says the sums of others. `packages` are those of the locked list, by their
    normal names."""
    if record := _RECORD.fullmatch(name):
        return packages.get(canonicalize_name(record["name"])) == record["version"]
    return system.manager(name) != "" or _DPKG_SUMS.fullmatch(name) is not None


def listed(name: str, content: bytes) -> Iterator[tuple[str, Sum]]:
    """Path → sum of everything that the list `name` with that content names, as far as it can be read."""
    text = content.decode(errors="replace")
    if record := _RECORD.fullmatch(name):
        yield from _of_record(record["site"] or "", text)
    elif system.manager(name) == "apk":
        yield from _of_apk(text)
    elif system.manager(name) == "dpkg":
        yield from ((path, Sum("md5", value)) for path, value in _DPKG_SETTINGS.findall(text))
    else:
        for line in text.splitlines():
            value, _, path = line.partition("  ")
            yield path, Sum("md5", value)
            yield f"usr/{path}", Sum("md5", value)  # where /bin and /lib are links into /usr


def _of_record(site: str, text: str) -> Iterator[tuple[str, Sum]]:
    for row in csv.reader(text.replace("\0", "").splitlines()):
        if len(row) == 3 and row[1].startswith("sha256="):
            yield posixpath.normpath(site + row[0]), Sum("sha256", _hex(row[1].removeprefix("sha256=") + "="))


def _of_apk(text: str) -> Iterator[tuple[str, Sum]]:
    folder = path = ""
    for line in text.splitlines():
        if line.startswith("F:"):
            folder = line[2:]
        elif line.startswith("R:"):
            path = posixpath.join(folder, line[2:])
        elif line.startswith("Z:Q1"):
            yield path, Sum("sha1", _hex(line[4:]))


def _hex(base64: str) -> str:
    """In hexadecimal; "" for what is no base64."""
    try:
        return urlsafe_b64decode(base64.replace("+", "-").replace("/", "_")).hex()
    except ValueError:
        return ""


class Known:
    """What is known of the image of `draft`; lists that lie in it are added as they are met."""

    def __init__(self, draft: Draft) -> None:
        self.packages: Mapping[str, str] = draft.facts["packages"]
        service = draft.inputs["service"].files if "service" in draft.inputs else {}
        model = draft.inputs["model"].files if "model" in draft.inputs else {}
        ours = {its for name, its in service.items() if name == SERVICE or name.startswith(f"{MODEL}/")}
        self._contents = {*sources.digests(runtime.files()).values(), *model.values(), *ours}
        self._paths: dict[str, set[Sum]] = {}

    def add(self, name: str, content: bytes) -> None:
        """The list `name`."""
        for path, its in listed(name, content):
            self._paths.setdefault(path, set()).add(its)

    def is_listed(self, name: str, content: bytes) -> bool:
        """Whether the file `name` is what a list says it is, or a list itself."""
        if name.startswith(_DATABASES) or is_list(name, self.packages):
            return True
        return any(its.is_of(content) for its in self._paths.get(name, ()))

    def is_ours(self, content: bytes) -> bool:
        """Whether that is a file of the runtime or of the model, wherever it lies."""
        return hashlib.sha256(content).hexdigest() in self._contents
