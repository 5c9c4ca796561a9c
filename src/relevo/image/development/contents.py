"""What a development container is made from, and how that lies in it:

/opt/relevo   dependencies/  the packages of the project's `requirements.txt` and of the locked one of its image
              runtime/       what the code of a service imports, where there is a list for the image
              bin/           `python`, for a base that only has a `python3`
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from relevo.calls import runtime
from relevo.calls.names import RUNTIME
from relevo.core.errors import UsageError
from relevo.core.message import N_, Message
from relevo.core.ports import Progress
from relevo.core.settings import Settings
from relevo.image.engine import LONG, Engine, base_missing, refused
from relevo.image.packages.dependencies import install, platform
from relevo.image.sources import REQUIREMENTS, WHEELS
from relevo.tools import sources

#: Grows when relevo itself puts a container together in another way.
FORMAT = "1"
OURS = "/opt/relevo"
_ASK = """
import json, os, sys, sysconfig
version = "%d.%d" % sys.version_info[:2]
print(json.dumps([version, "musl" in (sysconfig.get_config_var("SOABI") or ""), sys.executable, os.environ["PATH"]]))
"""


@dataclass(frozen=True, slots=True)
class Python:
    """The `python3` of a base: its minor version (`3.12`), its C library, where it is, and the PATH it was found on."""

    version: str
    musl: bool
    executable: str
    path: str

    def environment(self) -> dict[str, str]:
        """What commands find in their environment."""
        return {
            "PATH": f"{self.path}:{OURS}/bin",
            "PYTHONPATH": f"{OURS}/runtime:{OURS}/dependencies",
            "PYTHONPYCACHEPREFIX": "/tmp/pycache",  # noqa: S108 - in the container, where whoever runs may write
            "HOME": "/tmp",  # noqa: S108 - the same
            "LANG": "C.UTF-8",
        }


class Contents:
    """The contents for the line in `root`. Raises OutsideError with the engine's own words."""

    def __init__(self, engine: Engine, root: Path, settings: Settings) -> None:
        self._engine = engine
        self._root = root
        self._image = settings.image
        self._locked = (root / settings.image.dockerfile).with_name(REQUIREMENTS)

    def parts(self, progress: Progress) -> dict[str, str]:
        """The name of each part, as messages call it → what it is now: its id, digest or value."""
        owner = self._root.stat()
        parts = {
            "relevo": FORMAT,
            "base": self._base(progress),
            "owner": f"{owner.st_uid}:{owner.st_gid}",
            "run_args": json.dumps(self._image.run_args),
            **sources.digests(self._lists()),
        }
        if self._locked.is_file():
            parts["relevo-runtime"] = runtime.digest()
        return parts

    def _base(self, progress: Progress) -> str:
        """The id of the base image, brought here when it is not."""
        asked = ("image", "inspect", "--format", "{{.Id}}", self._image.base)
        known = self._engine(*asked, check=False)
        if known.returncode != 0:
            progress.step(Message(N_("fetching the base image `{base}`"), {"base": self._image.base}))
            done = self._engine("pull", "--quiet", self._image.base, timeout=LONG, check=False)
            if done.returncode != 0:
                raise base_missing(self._image.base, done.stderr.strip().rpartition("\n")[2])
            known = self._engine(*asked)
        return known.stdout.strip()

    def _lists(self) -> dict[str, Path]:
        """The lists of packages, as far as there are, by name: the project's own, and the locked one of its image."""
        names = (REQUIREMENTS, Path(self._image.dockerfile).with_name(REQUIREMENTS).as_posix())
        return {name: self._root / name for name in names if (self._root / name).is_file()}

    def python(self, base: str) -> Python:
        """The Python of the base image. Raises UsageError when there is none."""
        options = ("run", "--rm", *self._image.run_args, "--entrypoint", "python3")
        done = self._engine(*options, base, "-c", _ASK, check=False)
        if done.returncode == 127:
            raise UsageError(
                "base-without-python",
                N_("the base image `{base}` has no `python3` on its PATH"),
                hint=N_("name one that has: `base` in [image], for example python:3.12-slim"),
                base=self._image.base,
            )
        if done.returncode != 0:
            raise refused(self._engine.program, "run", done)
        return Python(*json.loads(done.stdout))

    def lay_out(self, python: Python, base: str, ours: Path, progress: Progress) -> None:
        """Put what comes to `/opt/relevo` into the new folder `ours`. Raises UsageError for a package without wheel."""
        packages = ours / "dependencies"
        packages.mkdir(parents=True)
        if lists := list(self._lists().values()):
            progress.step(Message(N_("bringing the packages together")))
            architecture = self._engine("image", "inspect", "--format", "{{.Architecture}}", base).stdout.strip()
            beside, locked = [path.with_name(WHEELS) for path in lists], lists == [self._locked]
            wheels = next(filter(Path.is_dir, beside), beside[0])
            # Both at once, so that a contradiction between them is found; hashes are checked where there are some.
            install(lists, wheels, python.version, platform(architecture, python.musl), packages, locked=locked)
        if self._locked.is_file():
            for name, path in runtime.files().items():
                target = ours / "runtime" / RUNTIME / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        (ours / "bin").mkdir()
        (ours / "bin" / "python").symlink_to(python.executable)
        for path in (ours, *ours.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
