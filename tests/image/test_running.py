"""The image of a draft as a container: loaded when it must be, asked until it is ready, and gone afterwards."""

import itertools
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import gethostname
from typing import Any

import pytest
from fake_engine import FakeProgram
from small_image import draft, file, laid_out, tar

from relevo.calls.serving import Address
from relevo.core.artifact import Draft
from relevo.core.errors import FailureError, OutsideError
from relevo.image.engine import Container, Engine
from relevo.image.oci.archive import Saved
from relevo.image.oci.layout import Layout
from relevo.image.running import engine_of, hold, ready, started

Engines = Callable[[str], FakeProgram]
#: Found before a test takes all programs away.
COPY = shutil.which("cp")
RUNS, ENDED = "true 0 false 4321", "false 3 false 0"


@pytest.fixture
def made(tmp_path: Path) -> Draft:
    """A draft with an image of one file."""
    laid_out(tmp_path / "draft" / "oci", tar(file("a")))
    return draft(tmp_path / "line", tmp_path / "draft")


@pytest.fixture
def answers() -> Iterator[Callable[..., int]]:
    """answers(503, 200): the port of a service that gives these statuses in turn, the last for ever."""
    servers = []

    def serve(*statuses: int) -> int:
        turns = itertools.chain(statuses, itertools.repeat(statuses[-1]))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.server.asked.append(self.path)  # type: ignore[attr-defined]
                self.send_response(next(turns))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.asked = []  # type: ignore[attr-defined]
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server.server_address[1]

    serve.servers = servers  # type: ignore[attr-defined]
    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def container(podman: FakeProgram, port: int, state: str = RUNS) -> Container:
    podman.when("port", f"127.0.0.1:{port}\n").when("inspect", state)
    return Container(Engine("podman"), "x", 8080)


def test_an_image_that_the_engine_has_is_not_loaded(engines: Engines, made: Draft, tmp_path: Path) -> None:
    podman = engines("podman")
    hold(Engine("podman"), Layout(made.folder / "oci"), "x", tmp_path)
    assert [call[:2] for call in podman.calls] == [["image", "inspect"]]
    assert podman.calls[0][-1] == Layout(made.folder / "oci").image_id


def test_an_image_that_it_lacks_is_carried_there_and_the_file_is_gone(
    engines: Engines, made: Draft, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.tar"
    podman = engines("podman").when("image inspect", code=1).when("load", then=f'{COPY} "$4" "{kept}"')
    engine_of(made)
    (loaded,) = podman.called("load")
    assert not Path(loaded[-1]).exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["draft", "kept.tar", "programs"]
    assert Saved(kept).image_id == Layout(made.folder / "oci").image_id
    with tarfile.open(kept) as opened:
        assert b'"localhost/relevo/quejas:1.0.0"' in opened.extractfile("manifest.json").read()


def test_an_image_that_the_engine_refuses_leaves_no_file(engines: Engines, made: Draft, tmp_path: Path) -> None:
    engines("podman").when("image inspect", code=1).when("load", err="payload does not match", code=125)
    with pytest.raises(OutsideError, match="payload does not match"):
        engine_of(made)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".load-")] == []


def test_a_container_of_the_draft_is_started_with_further_arguments(engines: Engines, made: Draft) -> None:
    podman = engines("podman")
    with started(made, ["--read-only"]):
        pass
    (run,) = podman.called("run")
    assert run[-2:] == ["--read-only", Layout(made.folder / "oci").image_id]
    assert f"relevo.gate={gethostname()}:{made.root}" in run
    assert run[run.index("--publish") + 1] == "127.0.0.1::8080"
    assert len(podman.called("rm")) == 1


@pytest.mark.parametrize(("ports", "inner"), [(["80/tcp"], "80"), (["80"], "80"), (["53/udp", "80/tcp"], "80")])
def test_the_port_is_the_one_that_the_image_exposes(
    ports: list[str], inner: str, engines: Engines, tmp_path: Path
) -> None:
    laid_out(tmp_path / "draft" / "oci", tar())
    podman = engines("podman")
    with started(draft(tmp_path, tmp_path / "draft", ports=ports)):
        pass
    (run,) = podman.called("run")
    assert run[run.index("--publish") + 1] == f"127.0.0.1::{inner}"


@pytest.mark.parametrize(
    ("ports", "said"), [([], "—"), (["53/udp"], "53/udp"), (["80/tcp", "81/tcp"], "80/tcp, 81/tcp")]
)
def test_an_image_without_a_port_or_with_several_is_a_failure(
    ports: list[str], said: str, engines: Engines, tmp_path: Path
) -> None:
    laid_out(tmp_path / "draft" / "oci", tar())
    podman = engines("podman")
    with (
        pytest.raises(FailureError, match="EXPOSE") as refused,
        started(draft(tmp_path, tmp_path / "draft", ports=ports)),
    ):
        raise AssertionError("it never ran")
    assert str(refused.value).endswith(f"and says: {said}")
    assert podman.called("run") == []


def test_it_is_ready_when_it_says_so(engines: Engines, made: Draft, answers: Any) -> None:
    port = answers(503, 503, 200)
    address = ready(container(engines("podman"), port), made)
    assert address == Address("127.0.0.1", port, 4321)
    assert answers.servers[0].asked == ["/health/ready"] * 3


def test_it_is_asked_where_the_image_says(engines: Engines, tmp_path: Path, answers: Any) -> None:
    port = answers(200)
    made = draft(tmp_path, tmp_path, health={"live": "/l", "ready": "/r"})
    ready(container(engines("podman"), port), made)
    assert answers.servers[0].asked == ["/r"]


def test_an_image_that_does_not_say_is_asked_where_services_of_relevo_are(
    engines: Engines, tmp_path: Path, answers: Any
) -> None:
    port = answers(200)
    ready(container(engines("podman"), port), draft(tmp_path, tmp_path, health={"live": "", "ready": ""}))
    assert answers.servers[0].asked == ["/health/ready"]


def test_one_that_never_says_so_has_failed_with_its_last_status(engines: Engines, made: Draft, answers: Any) -> None:
    waited_for = container(engines("podman"), answers(503))
    assert waited_for.port, "asked for before its time begins"
    with pytest.raises(FailureError) as refused:
        ready(waited_for, made, seconds=0.3)
    assert refused.value.code == "not-ready"
    assert "`/health/ready` at port 8080 of the container did not answer 200 within 0.3 s" in str(refused.value)
    assert str(refused.value).endswith("(last status: 503)")


def test_one_that_never_opens_its_port_has_failed_without_a_status(engines: Engines, made: Draft) -> None:
    with pytest.raises(FailureError, match=r"\(last status: —\)"):
        ready(container(engines("podman"), 1), made, seconds=0.1)


def test_one_that_ends_is_not_waited_for(engines: Engines, made: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relevo.image.running.LOOK_SECONDS", 0.0)
    with pytest.raises(FailureError, match="the container ended with 3 before it was ready") as refused:
        ready(container(engines("podman"), 1, ENDED), made, seconds=30)
    assert refused.value.code == "container-ended"
