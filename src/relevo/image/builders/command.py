"""What podman, docker and buildah have in common: one program each, with nearly the same words."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from relevo.core.errors import FailureError
from relevo.core.message import N_
from relevo.image.builder import DOCKERFILE
from relevo.image.engine import LONG, QUICK, base_missing, refused
from relevo.tools.process import Completed, Interrupted, run, surely

#: The build needs no network: what it takes is in the context. And it shares no image with another one, which may go on
#: at the same time and remove it, or may have left a layer that would then not be made anew.
APART = ("--network", "none", "--no-cache")
#: So many seconds an interrupted build has to take its containers away.
GRACE = 10.0
#: How podman and docker say which image they made by a step.
_STEP = re.compile(r"^ ?-{2,3}> ([0-9a-f]{8,64})$", re.MULTILINE)


class CommandBuilder:
    """Subclasses give `name`, how they build, and where they differ."""

    name: ClassVar[str]
    build_command: ClassVar[tuple[str, ...]] = ("build",)

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = arguments

    def __call__(self, *arguments: str, timeout: float = QUICK, check: bool = True, grace: float = 0) -> Completed:
        done = run([*self.program(), *arguments], timeout=timeout, check=False, grace=grace)
        if check and done.returncode != 0:
            raise refused(self.name, arguments[0], done)
        return done

    def program(self) -> list[str]:
        return [self.name]

    @property
    def served(self) -> bool:
        """Whether a service builds, which ends its step when nobody waits for it any more, and then cleans up."""
        return False

    def health(self) -> None:
        self("info")

    def base(self, reference: str) -> str:
        if (known := self.find(reference)) is not None:
            return known
        done = self("pull", "--quiet", reference, timeout=LONG, check=False)
        found = self.find(reference) if done.returncode == 0 else None
        if found is None:
            raise base_missing(reference, "".join(done.stderr.strip().splitlines()[-1:]))
        return found

    def find(self, reference: str) -> str | None:
        """The id of an image that is here, None when it is not."""
        done = self("image", "inspect", "--format", "{{.Id}}", reference, check=False)
        return _id(done.stdout) if done.returncode == 0 else None

    def build(self, context: Path, base: str, aside: Path) -> str:
        iid = aside / "image.id"
        # A name, because BuildKit takes an id for the name of a repository; and because an image without one goes when
        # the last that stands on it goes.
        name = f"localhost/relevo/base:{base.removeprefix('sha256:')[:12]}"
        self("tag", base, name)
        named = ("--build-arg", f"BASE={name}", "--file", str(context / DOCKERFILE), "--iidfile", str(iid))
        arguments = [*self.build_command, *APART, *named, *self._arguments, str(context)]
        try:
            done = self(*arguments, timeout=LONG, check=False, grace=0 if self.served else GRACE)
        except Interrupted as stopped:
            self._forget_last(stopped.stdout, base)
            raise
        if done.returncode == 0:
            return _id(iid.read_text(encoding="ascii"))
        self._forget_last(done.stdout, base)
        error = refused(self.name, self.build_command[0], done)
        if "no space left on device" in done.stderr.lower():
            raise error
        raise FailureError(
            "does-not-build",
            N_("`{program}` cannot build the Dockerfile: {words}"),
            hint=N_("the last line says which step it was, and what stands before it why"),
            program=self.name,
            words=error.message.params["words"],
        )

    def _forget_last(self, said: str, base: str) -> None:
        """The last image that a build made which was not finished, and with it those that it stands on."""
        if (steps := _STEP.findall(said)) and not base.startswith(f"sha256:{steps[-1]}"):
            self.forget(steps[-1])

    def save(self, image: str, archive: Path) -> None:
        self("save", "--output", str(archive), image, timeout=LONG)

    def forget(self, image: str) -> None:
        surely(lambda: self("rmi", image, check=False))


def _id(text: str) -> str:
    text = text.strip()
    return text if text.startswith("sha256:") else f"sha256:{text}"
