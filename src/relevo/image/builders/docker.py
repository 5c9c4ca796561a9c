"""docker, here or, by `DOCKER_HOST`, on another machine."""

from typing import ClassVar

from relevo.image.builders.command import CommandBuilder


class Docker(CommandBuilder):
    name: ClassVar[str] = "docker"
    build_command: ClassVar[tuple[str, ...]] = ("build", "--force-rm")

    @property
    def served(self) -> bool:
        return True

    def architecture(self) -> str:
        return self("version", "--format", "{{.Server.Arch}}").stdout.strip()
