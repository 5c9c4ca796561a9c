"""podman, here or, by `CONTAINER_HOST`, on another machine."""

import os
from pathlib import Path
from typing import ClassVar

from relevo.image.builders.command import CommandBuilder
from relevo.image.engine import ENGINES, LONG


class Podman(CommandBuilder):
    name: ClassVar[str] = "podman"
    build_command: ClassVar[tuple[str, ...]] = ("build", "--layers", "--force-rm", "--pull=missing", "--timestamp", "0")

    def program(self) -> list[str]:
        return ["podman", "--remote"] if os.environ.get(ENGINES["podman"]) else ["podman"]

    def architecture(self) -> str:
        return self("info", "--format", "{{.Host.Arch}}").stdout.strip()

    def save(self, image: str, archive: Path) -> None:
        self("save", "--quiet", "--format", "docker-archive", "--output", str(archive), image, timeout=LONG)
