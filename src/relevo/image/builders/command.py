"""What podman, docker and buildah have in common: one program each, with nearly the same words."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from relevo.core.errors import FailureError, OutsideError
from relevo.core.message import N_
from relevo.image.builder import DOCKERFILE
from relevo.image.engine import LONG, QUICK, refused
from relevo.tools.process import Completed, run

#: The build itself needs no network: what it takes is in the context.
NO_NETWORK = ("--network", "none")


class CommandBuilder:
    """Subclasses give `name`, how they build, and where they differ."""

    name: ClassVar[str]
    build_command: ClassVar[tuple[str, ...]] = ("build",)

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = arguments

    def __call__(self, *arguments: str, timeout: float = QUICK, check: bool = True) -> Completed:
        done = run([*self.program(), *arguments], timeout=timeout, check=False)
        if check and done.returncode != 0:
            raise refused(self.name, arguments[0], done)
        return done

    def program(self) -> list[str]:
        return [self.name]

    def health(self) -> None:
        self("info")

    def base(self, reference: str) -> str:
        if (known := self.find(reference)) is not None:
            return known
        done = self("pull", "--quiet", reference, timeout=LONG, check=False)
        found = self.find(reference) if done.returncode == 0 else None
        if found is None:
            raise OutsideError(
                "base-missing",
                N_("the base image `{reference}` is not here and cannot be fetched: {words}"),
                hint=N_("bring it here, or name another: `base` in [image], or the variable RELEVO_BASE"),
                reference=reference,
                words=done.stderr.strip(),
            )
        return found

    def find(self, reference: str) -> str | None:
        """The id of an image that is here, None when it is not."""
        done = self("image", "inspect", "--format", "{{.Id}}", reference, check=False)
        return _id(done.stdout) if done.returncode == 0 else None

    def build(self, context: Path, base: str, aside: Path) -> str:
        iid = aside / "image.id"
        named = ("--build-arg", f"BASE={base}", "--file", str(context / DOCKERFILE), "--iidfile", str(iid))
        arguments = [*self.build_command, *NO_NETWORK, *named, *self._arguments, str(context)]
        done = self(*arguments, timeout=LONG, check=False)
        if done.returncode == 0:
            return _id(iid.read_text(encoding="ascii"))
        error = refused(self.name, self.build_command[0], done)
        if "no space left on device" in done.stderr.lower():
            raise error
        raise FailureError(
            "does-not-build",
            N_("`{program}` cannot build the Dockerfile: {words}"),
            hint=N_("the last line says why; the line before it which step it was"),
            program=self.name,
            words=error.message.params["words"],
        )

    def save(self, image: str, archive: Path) -> None:
        self("save", "--output", str(archive), image, timeout=LONG)

    def forget(self, image: str) -> None:
        self("rmi", image, check=False)


def _id(text: str) -> str:
    text = text.strip()
    return text if text.startswith("sha256:") else f"sha256:{text}"
