"""podman as tests need it: asked directly, and as a service, which clients take for an engine on another machine."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from relevo.tools.process import run, start


def podman(*arguments: str, check: bool = True) -> str:
    """What it prints."""
    return run(["podman", *arguments], timeout=120, check=check).stdout.strip()


@contextmanager
def podman_service() -> Iterator[str]:
    """The address of a podman service, for CONTAINER_HOST and, as it speaks docker's language, too, for DOCKER_HOST."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with start(["podman", "system", "service", "--time=0", f"tcp://127.0.0.1:{port}"]) as service:
        until = time.monotonic() + 20
        while time.monotonic() < until and service.returncode is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise AssertionError(f"podman's service does not answer: {service.errors}")
        yield f"tcp://127.0.0.1:{port}"


@contextmanager
def no_working_container() -> Iterator[None]:
    """Fails when what a build works in is still there after the block, and takes it away.

    Others may be building at the same time; theirs end.
    """

    def there() -> set[str]:
        while True:
            done = run(
                ["podman", "ps", "--all", "--external", "--format", "{{.ID}} {{.Names}}"], timeout=60, check=False
            )
            if done.returncode == 0:  # else one that was listed was gone before it was looked at
                return {line.split()[0] for line in done.stdout.splitlines() if "working-container" in line}

    before = there()
    yield
    until = time.monotonic() + 30
    while (left := there() - before) and time.monotonic() < until:
        time.sleep(0.2)
    if left:
        podman("rm", "--force", *left, check=False)
    assert not left, "a build left its container behind"


def forget_images(label: str) -> set[str]:
    """Remove the images with that label, also those between two steps of a build; which of them had no name."""
    images = ("images", "--all", "--no-trunc", "--filter", f"label={label}", "--format", "{{.ID}} {{.Repository}}")
    found = dict(line.split(maxsplit=1) for line in sorted(podman(*images).splitlines()))
    if found:
        podman("rmi", "--force", *found)
    return {image for image, name in found.items() if name == "<none>"}
