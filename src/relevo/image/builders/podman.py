"""podman, here or, by `CONTAINER_HOST`, on another machine."""

import os
from pathlib import Path
from typing import ClassVar

from relevo.image.builders.command import CommandBuilder
from relevo.image.engine import ENGINES, LONG


class Podman(CommandBuilder):
    name: ClassVar[str] = "podman"
    build_command: ClassVar[tuple[str, ...]] = ("build", "--layers", "--force-rm", "--pull=missing")

    def program(self) -> list[str]:
        return ["podman", "--remote"] if self.served else ["podman"]

    @property
    def served(self) -> bool:
        return bool(os.environ.get(ENGINES["podman"]))

    def architecture(self) -> str:
        return self("info", "--format", "{{.Host.Arch}}").stdout.strip()

    def save(self, image: str, archive: Path) -> None:
        self("save", "--quiet", "--format", "docker-archive", "--output", str(archive), image, timeout=LONG)
