"""The user's part of an image: the Dockerfile, the locked list of packages, and what else lies beside them."""

from dataclasses import dataclass
from pathlib import Path

from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.image.dockerfile import Instruction, parse
from relevo.tools import sources

REQUIREMENTS, WHEELS = "requirements.txt", "wheels"
#: The folders beside the Dockerfile that relevo fills.
OURS = ("dependencies", "runtime", "service", "model")


@dataclass(frozen=True, slots=True)
class Sources:
    """The folder of the Dockerfile; `shown` is how messages call it."""

    folder: Path
    dockerfile: Path
    shown: str

    @classmethod
    def of(cls, root: Path, dockerfile: str) -> "Sources":
        """Raises UsageError when the Dockerfile or the locked list is missing, or a name of ours is taken."""
        path = root / dockerfile
        if Path(dockerfile).is_absolute() or path.parent.resolve() == root.resolve():
            raise UsageError(
                "image-folder",
                N_("`{file}` must lie in a folder of its own below the line: all that lies beside it is built"),
                hint=N_("move it, for example to image/Dockerfile, and say so by `dockerfile` in [image]"),
                file=dockerfile,
            )
        found = cls(path.parent, path, str(Path(dockerfile).parent))
        for needed in (path, path.parent / REQUIREMENTS):
            if not needed.is_file():
                raise UsageError(
                    "image-source-missing",
                    N_("`{file}`, which the image is made from, is not there"),
                    hint=N_("make one to start from: relevo init --add image"),
                    file=str(needed.relative_to(root)),
                )
        for name in OURS:
            if (path.parent / name).exists():
                raise UsageError(
                    "image-name-taken",
                    N_("`{file}` is in the way: in the image relevo fills a folder of that name"),
                    hint=N_("rename it, and what the Dockerfile says of it"),
                    file=f"{found.shown}/{name}",
                )
        return found

    def instructions(self) -> list[Instruction]:
        """Those of the Dockerfile. Raises UsageError when it is no text."""
        try:
            return parse(self.dockerfile.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            file = f"{self.shown}/{self.dockerfile.name}"
            raise UsageError("not-utf8", N_("`{file}` is not UTF-8 text"), file=file) from error

    def files(self) -> dict[str, Path]:
        """Relative path → file of everything that lies in the folder."""
        return sources.files(self.folder)

    def digests(self) -> dict[str, str]:
        """Path as messages call it → SHA-256."""
        return {f"{self.shown}/{name}": its for name, its in sources.digests(self.files()).items()}
