"""buildah, which builds without a service; its containers are then run by podman, which has the same images."""

import json
from pathlib import Path
from typing import ClassVar

from relevo.image.builders.command import CommandBuilder
from relevo.image.engine import LONG


class Buildah(CommandBuilder):
    name: ClassVar[str] = "buildah"
    build_command: ClassVar[tuple[str, ...]] = ("build", "--layers", "--force-rm")

    def architecture(self) -> str:
        return str(json.loads(self("info").stdout)["host"]["arch"])

    def find(self, reference: str) -> str | None:
        done = self("inspect", "--type", "image", "--format", "{{.FromImageID}}", reference, check=False)
        return f"sha256:{done.stdout.strip()}" if done.returncode == 0 else None

    def save(self, image: str, archive: Path) -> None:
        self("push", "--quiet", image, f"docker-archive:{archive}", timeout=LONG)
