"""The image of a draft as a container: loaded once, started for each gate, asked when it is ready, gone afterwards."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from relevo.calls.serving import Address
from relevo.core.artifact import Draft
from relevo.core.errors import FailureError, OutsideError
from relevo.core.message import N_
from relevo.image.engine import Container, Engine, State, find
from relevo.image.facts import ready_path, tcp_port
from relevo.image.oci.archive import pack
from relevo.image.oci.layout import Layout
from relevo.image.stage import OCI, local_name
from relevo.tools.http import call

#: A container has so long to become ready, in seconds; and so often it is asked.
START_SECONDS, PAUSE = 30.0, 0.02
#: Its state is looked at this often, in seconds: asking the engine costs more than asking the container.
LOOK_SECONDS = 1.0


def engine_of(draft: Draft) -> tuple[Engine, str]:
    """The engine that runs the draft's image, which it has after this, and what it knows the image by."""
    wanted = draft.settings.image
    engine = find(wanted.builder, wanted.run_args)
    name = local_name(draft.settings.line.name, draft.version)
    return engine, hold(engine, Layout(draft.folder / OCI), name, draft.folder.parent)


def hold(engine: Engine, layout: Layout, name: str, folder: Path) -> str:
    """See to it that the engine has the image in `layout`, called `name`; a file in `folder` carries it there.

    What the engine knows it by: its id, or the name where its ids are others, as in docker's newer image store.
    """
    if engine.has(layout.image_id):
        return layout.image_id
    with tempfile.TemporaryDirectory(prefix=".load-", dir=folder) as aside:
        archive = Path(aside) / "image.tar"
        pack(layout, archive, name)
        engine.load(archive)
    return layout.image_id if engine.has(layout.image_id) else name


@contextmanager
def started(draft: Draft, extra: Sequence[str] = ()) -> Iterator[Container]:
    """A container of the draft's image; `extra` are arguments of the engine's `run`.

    Raises FailureError when the image cannot be started at all.
    """
    engine, image = engine_of(draft)
    with engine.container(image, str(draft.root), tcp_port(draft.facts), extra) as container:
        yield container


def ready(container: Container, draft: Draft, seconds: float = START_SECONDS) -> Address:
    """Waits until the container says that it is ready.

    Raises FailureError when it ends, or does not answer within `seconds`.
    """
    path, begun = ready_path(draft.facts), monotonic()
    host, port = container.engine.host, container.port
    if port is None:
        if not (state := container.state()).running:
            raise _ended(state)
        port = container.inner_port  # nothing is published where it shares the network of the machine
    looked, answered = begun, "—"
    while monotonic() - begun < seconds:
        try:
            answer = call(host, port, "GET", path, timeout=2)
        except OutsideError:
            pass
        else:
            answered = str(answer.status)
            if answer.status == 200:
                return Address(host, port, container.state().pid)
        if monotonic() - looked > LOOK_SECONDS:
            looked = monotonic()
            if not (state := container.state()).running:
                raise _ended(state)
        sleep(PAUSE)
    raise FailureError(
        "not-ready",
        N_("`{path}` at port {port} of the container did not answer 200 within {seconds} s (last status: {status})"),
        path=path,
        port=container.inner_port,
        seconds=seconds,
        status=answered,
    )


def _ended(state: State) -> FailureError:
    return FailureError(
        "container-ended", N_("the container ended with {code} before it was ready"), code=state.exit_code
    )
