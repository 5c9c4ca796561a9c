"""The packages that the service needs, for the Python and the platform of the base image, from the locked list.

uv chooses the wheels: unlike pip it reads the conditions of the list for another Python than the one it runs on. It
lays them out here, so that neither pip nor a network is needed where the image is built.
"""

import csv
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path

from relevo.core.errors import OutsideError, RelevoError, UsageError
from relevo.core.message import N_
from relevo.image.extra import program
from relevo.tools.process import Completed, run

#: Seconds for fetching wheels over a slow line.
LONG = 900.0
#: What serving never opens: tests, headers, and beside the packages their command-line scripts; within a package `bin`
#: and `include` may be anything. Stubs stay, because lazy_loader reads them when a package is imported.
_NEEDLESS_FOLDERS, _NEEDLESS_BESIDE = ("tests",), ("bin", "include")
_NEEDLESS_FILES = (".pxd", ".pyx", ".a", ".h", ".c")
_ARCHITECTURES: Mapping[str, str] = {"amd64": "x86_64", "arm64": "aarch64"}


def platform(architecture: str, musl: bool) -> str:
    """The platform as uv calls it. Raises UsageError for an architecture without wheels."""
    try:
        machine = _ARCHITECTURES[architecture]
    except KeyError:
        raise UsageError(
            "unknown-architecture",
            N_("the base image is for `{architecture}`, for which there are no packages"),
            hint=N_("known here: {known}"),
            architecture=architecture,
            known=", ".join(_ARCHITECTURES),
        ) from None
    return f"{machine}-unknown-linux-musl" if musl else f"{machine}-manylinux_2_28"


def install(  # noqa: PLR0913, PLR0917 - what is installed, for whom, and where
    lists: Sequence[Path], wheels: Path, python: str, platform: str, target: Path, locked: bool = True
) -> None:
    """Lay the packages of `lists` (requirements files) out in `target` for that Python (`3.12`) and platform.

    `locked`: every file is checked by its hash, and only what is listed is taken. Wheels that lie in the folder
    `wheels` are found, too. Raises UsageError when a package has no wheel or is not locked, OutsideError when one
    cannot be fetched.
    """
    arguments = ["pip", "install", "--quiet", "--target", str(target), "--python", sys.executable]
    arguments += ["--python-version", python, "--python-platform", platform, "--link-mode", "copy"]
    arguments += ["--only-binary", ":all:", *(["--no-deps", "--require-hashes"] if locked else [])]
    for each in lists:
        arguments += ["--requirements", str(each)]
    if wheels.is_dir():
        arguments += ["--find-links", str(wheels)]
    done = run([program("uv"), *arguments], env={"VIRTUAL_ENV": None, "NO_COLOR": "1"}, timeout=LONG, check=False)
    if done.returncode != 0:
        raise _refusal(done, lists[0], LOCK_COMMAND if locked else "")
    (target / ".lock").unlink(missing_ok=True)


def _refusal(done: Completed, listed: Path, command: str) -> RelevoError:
    """What uv refused; `command` locks the list anew, "" for one that is not locked."""
    words = " ".join(done.stderr.split())
    params = {"file": str(listed), "words": words, "command": command}
    if match := _NO_WHEEL.search(words):
        return UsageError(
            "no-wheel",
            N_("`{file}`: `{package}` has no wheel for this Python and platform: {words}"),
            hint=N_(
                "choose a version that has one, or build one (pip wheel {package}), put it into the folder `wheels` "
                "beside the list, and add its hash"
            ),
            package=match[1],
            **params,
        )
    if _UNLOCKED.search(words):
        return UsageError(
            "not-locked",
            N_("`{file}` is not what was locked: {words}"),
            hint=N_("lock it anew: {command}"),
            **params,
        )
    if _UNREACHABLE.search(words):
        return OutsideError(
            "packages-unreachable",
            N_("the packages of `{file}` cannot be fetched: {words}"),
            hint=N_("make room on that disk, then run again")
            if _FULL.search(words)
            else N_("try again with a network; wheels in the folder `wheels` beside the list need none"),
            **params,
        )
    hint = N_("lock it anew: {command}") if command else N_("correct the list, then run again")
    return UsageError("bad-requirements", N_("`{file}`: {words}"), hint=hint, **params)


#: uv tells what went wrong in words only. These are of uv 0.13: a test has every one of them said by uv itself.
_NO_WHEEL = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:[<>=!~]+\S+)? ha(?:s|ve) no (?:usable )?wheels")
_UNLOCKED = re.compile(r"Hash mismatch for|In `--require-hashes` mode")
_UNREACHABLE = re.compile(
    r"Failed to fetch|Failed to download|error sending request|the network was disabled|os error 28"
)
_FULL = re.compile(r"os error 28")
#: How the list is made; it also stands at its head.
LOCK_COMMAND = (
    "uv pip compile --universal --python-version 3.11 --generate-hashes image/requirements.in -o image/requirements.txt"
)


def prune(target: Path) -> None:
    """Take away what serving never opens, and what tells of the machine where the packages were laid out."""
    for path in sorted(target.rglob("*"), reverse=True):
        needless = _NEEDLESS_FOLDERS + (_NEEDLESS_BESIDE if path.parent == target else ())
        if path.is_dir() and path.name in needless:
            shutil.rmtree(path)
        elif path.suffix in _NEEDLESS_FILES and path.is_file():
            path.unlink()
    for path in (*target.rglob("__pycache__"), *target.rglob("direct_url.json"), *target.rglob("uv_cache.json")):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for record in target.glob("*.dist-info/RECORD"):
        _without_what_is_gone(record, target)


def _without_what_is_gone(record: Path, target: Path) -> None:
    """A record has the digest of each file, and so it would tell even of those that are not there any more."""
    with record.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if row and (target / row[0]).is_file()]
    with record.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def packages(target: Path) -> dict[str, str]:
    """Normal name → version of everything laid out in `target`."""
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {canonicalize_name(each.name): each.version for each in distributions(path=[str(target)])}
    return dict(sorted(found.items()))
