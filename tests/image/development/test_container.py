"""The development container: when it is made, started, made anew or refused, and what a command in it gets."""

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from relevo.core.errors import OutsideError, RelevoError, UsageError
from relevo.core.settings import DataSettings, ImageSettings, LineSettings, Settings
from relevo.image.development.container import DevContainer
from relevo.image.engine import Engine
from relevo.testing import Recorded
from relevo.tools.process import Completed
from relevo.tools.runlock import hold
from relevo_runtime.settings import read

OWNER = f"{os.getuid()}:{os.getgid()}"


@dataclass
class Box:
    """A container: with what it was created, what was copied to /opt/relevo, and how it stands."""

    options: list[tuple[str, str]]
    image: str
    status: str = "created"
    files: set[str] = field(default_factory=set)

    def option(self, name: str) -> list[str]:
        return [value for key, value in self.options if key == name]


class EngineInMemory(Engine):
    """Keeps images and containers as podman does, as far as a development container needs it."""

    def __init__(self) -> None:
        super().__init__("podman")
        self.rootless = False
        self.images = {"python:3.12-slim": "id-1"}
        self.registry = {"python:3.13-slim": "id-2"}
        self.boxes: dict[str, Box] = {}
        #: what `python3` in a base answers; None where there is none
        self.python: tuple[str, bool, str, str] | None = ("3.12", False, "/usr/bin/python3", "/usr/bin")
        self.commands_running = 0
        #: the command at which something happens instead
        self.instead: dict[str, BaseException] = {}
        self.verbs: list[str] = []
        self.attended: list[str] = []
        self.executed: list[str] = []

    def __call__(self, *arguments: str, timeout: float = 60, check: bool = True) -> Completed:
        verb, *rest = arguments
        self.verbs.append(verb)
        if verb in self.instead:
            raise self.instead.pop(verb)
        done: Completed = getattr(self, f"_{verb}")(rest)
        if check and done.returncode != 0:
            raise OutsideError("engine-refused", done.stderr)
        return done

    def attend(self, arguments: Sequence[str], interrupt: Callable[[], object]) -> int:
        self.attended = list(arguments)
        if "sleep" in arguments:
            interrupt()
            raise KeyboardInterrupt
        return 7

    def _image(self, rest: list[str]) -> Completed:
        names = {**self.images, **{its: its for its in self.images.values()}}
        if rest[-1] not in names:
            return Completed(125, "", "Error: no such image")
        return Completed(0, "amd64\n" if rest[-2] == "{{.Architecture}}" else f"{names[rest[-1]]}\n", "")

    def _pull(self, rest: list[str]) -> Completed:
        if rest[-1] not in self.registry:
            return Completed(125, "", "retrying\nError: connection refused\n")
        self.images[rest[-1]] = self.registry[rest[-1]]
        return Completed(0, "", "")

    def _container(self, rest: list[str]) -> Completed:
        if rest[-1] not in self.boxes:
            return Completed(125, "[]", "Error: no such container")
        box = self.boxes[rest[-1]]
        labels = dict(label.split("=", 1) for label in box.option("--label"))
        return Completed(0, json.dumps({"status": box.status, "labels": labels or None}), "")

    def _run(self, rest: list[str]) -> Completed:
        return Completed(0, json.dumps(self.python), "") if self.python else Completed(127, "", "not found")

    def _create(self, rest: list[str]) -> Completed:
        options = []
        while rest[0].startswith("--"):
            options.append((rest[0], rest[1]))
            rest = rest[2:]
        box = Box(options, rest[0])
        self.boxes[box.option("--name")[0]] = box
        return Completed(0, "", "")

    def _cp(self, rest: list[str]) -> Completed:
        source, (name, _, target) = Path(rest[0]), rest[1].partition(":")
        assert target == "/opt/relevo"
        self.boxes[name].files = {path.relative_to(source).as_posix() for path in source.rglob("*")}
        unreadable = [path for path in source.rglob("*") if not path.is_symlink() and not path.stat().st_mode & 0o004]
        assert not unreadable
        return Completed(0, "", "")

    def _start(self, rest: list[str]) -> Completed:
        self.boxes[rest[0]].status = "running"
        return Completed(0, "", "")

    def _rm(self, rest: list[str]) -> Completed:
        self.boxes.pop(rest[-1], None)
        return Completed(0, "", "")

    def _top(self, rest: list[str]) -> Completed:
        return Completed(0, "USER PID\nroot 1\n" + "root 2\n" * self.commands_running, "")

    def _exec(self, rest: list[str]) -> Completed:
        self.executed = rest
        return Completed(0, "", "")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> EngineInMemory:
    monkeypatch.delenv("CONTAINER_HOST", raising=False)
    return EngineInMemory()


Make = Callable[..., DevContainer]


@pytest.fixture
def make(engine: EngineInMemory, tmp_path: Path) -> Make:
    """`make(base=…)`: the container of the line "quejas" in `tmp_path/line`, as a call of relevo sees it."""
    root = tmp_path / "line"
    root.mkdir()

    def container(name: str = "quejas", **image: Any) -> DevContainer:
        data = DataSettings("quejas.csv", {"texto": "text", "grupo": "label"})
        return DevContainer(engine, root, Settings(LineSettings(name), data, image=ImageSettings(**image)))

    return container


@pytest.fixture
def root(tmp_path: Path, make: Make) -> Path:
    return tmp_path / "line"


def ready(container: DevContainer) -> str:
    done = container.ready(Recorded())
    return str(done) if done else ""


def refusal(container: DevContainer) -> RelevoError:
    with pytest.raises(RelevoError) as caught:
        container.ready(Recorded())
    return caught.value


def test_the_first_time_it_is_made_and_then_it_is_there(make: Make, engine: EngineInMemory) -> None:
    name = make().name
    assert ready(make()) == f"made the container `{name}` from `python:3.12-slim`"
    assert engine.boxes[name].status == "running"
    engine.verbs.clear()
    assert ready(make()) == ""
    assert engine.verbs == ["image", "container"]


def test_its_name_follows_from_the_line_and_its_folder(engine: EngineInMemory, make: Make, tmp_path: Path) -> None:
    line = Settings(LineSettings("quejas"), DataSettings("quejas.csv", {}))
    here, there = (DevContainer(engine, tmp_path / folder, line).name for folder in ("line", "copy"))
    assert here == make().name
    assert here.startswith("relevo-quejas-")
    assert there != here


@pytest.mark.parametrize(("line", "folder"), [("quejas", "/quejas"), ("usr", "/srv/usr"), ("tmp", "/srv/tmp")])
def test_the_folder_is_shared_under_the_name_of_the_line_but_hides_no_system(
    line: str, folder: str, make: Make, engine: EngineInMemory, root: Path
) -> None:
    ready(make(line))
    (box,) = engine.boxes.values()
    assert box.option("--mount") == [f'type=bind,"source={root}",target={folder}']
    assert box.option("--workdir") == [folder]


@pytest.mark.parametrize(("rootless", "user"), [(False, OWNER), (True, "0:0")])
def test_what_is_made_in_it_belongs_to_whose_the_folder_is(
    rootless: bool, user: str, make: Make, engine: EngineInMemory
) -> None:
    engine.rootless = rootless
    ready(make())
    (box,) = engine.boxes.values()
    assert box.option("--user") == [user]


def test_a_base_without_a_command_called_python_gets_one(make: Make, engine: EngineInMemory) -> None:
    ready(make())
    (box,) = engine.boxes.values()
    assert "bin/python" in box.files
    assert "PATH=/usr/bin:/opt/relevo/bin" in box.option("--env")


def test_a_line_with_a_list_for_its_image_also_gets_what_its_service_imports(
    make: Make, engine: EngineInMemory, root: Path
) -> None:
    (root / "image").mkdir()
    (root / "image" / "requirements.txt").write_text("# nothing\n")
    ready(make())
    (box,) = engine.boxes.values()
    assert "runtime/relevo_runtime/__init__.py" in box.files


def test_arguments_for_odd_machines_are_given_to_the_engine(make: Make, engine: EngineInMemory) -> None:
    ready(make(run_args=("--network", "host")))
    (box,) = engine.boxes.values()
    assert box.option("--network") == ["host"]


def test_one_that_was_stopped_is_started(make: Make, engine: EngineInMemory) -> None:
    ready(make())
    (box,) = engine.boxes.values()
    box.status = "exited"
    assert ready(make()) == f"started the container `{make().name}`"
    assert list(engine.boxes.values()) == [box]


def test_one_whose_making_was_cut_short_is_made_once_more(make: Make, engine: EngineInMemory) -> None:
    ready(make())
    (box,) = engine.boxes.values()
    box.status = "created"
    assert ready(make()).startswith("made the container")
    assert list(engine.boxes.values()) != [box]


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (lambda root, engine: (root / "requirements.txt").write_text("# pandas\n"), "requirements.txt"),
        (lambda root, engine: engine.images.update({"python:3.12-slim": "id-3"}), "base"),
    ],
)
def test_when_what_it_was_made_from_changed_it_is_made_anew(
    change: Callable[[Path, EngineInMemory], object],
    changed: str,
    make: Make,
    engine: EngineInMemory,
    root: Path,
) -> None:
    ready(make())
    change(root, engine)
    assert ready(make()) == f"made the container `{make().name}` anew, because these changed: {changed}"
    assert ready(make()) == ""


def test_another_base_is_another_container_of_the_same_name(make: Make, engine: EngineInMemory) -> None:
    ready(make())
    assert ready(make(base="python:3.13-slim")).endswith("because these changed: base")
    assert [box.image for box in engine.boxes.values()] == ["id-2"]


def test_one_in_which_commands_run_is_not_taken_away_from_them(make: Make, engine: EngineInMemory, root: Path) -> None:
    ready(make())
    engine.commands_running = 1
    assert ready(make()) == ""
    (root / "requirements.txt").write_text("# pandas\n")
    error = refusal(make())
    assert (error.code, error.message.params["changed"]) == ("container-in-use", "requirements.txt")
    assert len(engine.boxes) == 1


def test_a_list_that_cannot_be_had_leaves_the_container_as_it_was(
    make: Make, engine: EngineInMemory, root: Path
) -> None:
    ready(make())
    before = dict(engine.boxes)
    (root / "requirements.txt").write_text("= no requirement\n")
    error = refusal(make())
    assert isinstance(error, UsageError)
    assert "requirements.txt" in str(error.message)
    assert engine.boxes == before


@pytest.mark.parametrize("verb", ["create", "cp", "start"])
@pytest.mark.parametrize("what", [KeyboardInterrupt(), OutsideError("engine-refused", "no space left")])
def test_nothing_is_left_of_one_that_could_not_be_made(
    verb: str, what: BaseException, make: Make, engine: EngineInMemory
) -> None:
    engine.instead[verb] = what
    with pytest.raises(type(what)):
        ready(make())
    assert engine.boxes == {}


def test_a_container_of_somebody_elses_with_that_name_is_left_alone(make: Make, engine: EngineInMemory) -> None:
    engine.boxes[make().name] = Box([], "id-1", "running")
    error = refusal(make())
    assert error.code == "container-foreign"
    assert f"podman rm {make().name}" in str(error)
    with pytest.raises(UsageError, match="container that is not of this line"):
        make().remove()
    assert len(engine.boxes) == 1


def test_an_engine_on_another_machine_cannot_share_the_folder(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTAINER_HOST", "ssh://ana@far.example.org/run/podman.sock")
    with pytest.raises(UsageError, match="unset CONTAINER_HOST") as caught:
        make()
    assert caught.value.code == "folder-not-shared"
    monkeypatch.setenv("CONTAINER_HOST", "unix:///run/podman/podman.sock")
    assert ready(make())


def test_a_base_that_cannot_be_fetched_is_named_with_the_last_words_of_the_engine(make: Make) -> None:
    error = refusal(make(base="python:9"))
    assert isinstance(error, OutsideError)
    assert "`python:9` is not here and cannot be fetched: Error: connection refused" in str(error)


def test_a_base_without_python_is_named(make: Make, engine: EngineInMemory) -> None:
    engine.python = None
    error = refusal(make())
    assert isinstance(error, UsageError)
    assert "`python:3.12-slim` has no `python3`" in str(error)


def test_two_calls_do_not_make_it_at_once_the_second_waits(make: Make, root: Path, engine: EngineInMemory) -> None:
    with ThreadPoolExecutor() as pool:
        with hold(root / ".relevo" / "container.lock"):
            second = pool.submit(ready, make())
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
            assert engine.boxes == {}
        assert second.result(timeout=60).startswith("made the container")
    assert list(engine.boxes) == [make().name]


def test_the_mark_of_a_command_is_no_setting_of_the_service(make: Make, engine: EngineInMemory, root: Path) -> None:
    """`relevo exec -- python -m relevo_runtime serve …` would be refused for a setting that it does not know."""
    make().run(["true"], root, terminal=False)
    name, _, value = engine.attended[engine.attended.index("--env") + 1].partition("=")
    assert read({}) == read({name: value})


@pytest.mark.parametrize(("where", "inside"), [(".", "/quejas"), ("data", "/quejas/data"), ("a b/ñ", "/quejas/a b/ñ")])
def test_a_command_runs_in_the_folder_where_one_is(
    where: str, inside: str, make: Make, engine: EngineInMemory, root: Path
) -> None:
    assert make().run(["python", "modelo.py"], root / where, terminal=False) == 7
    assert engine.attended[engine.attended.index("--workdir") + 1] == inside
    assert engine.attended[-3:] == [make().name, "python", "modelo.py"]


@pytest.mark.parametrize("terminal", [True, False])
def test_it_gets_a_terminal_where_there_is_one(terminal: bool, make: Make, engine: EngineInMemory, root: Path) -> None:
    make().run(["true"], root, terminal=terminal)
    assert ("--tty" in engine.attended) == terminal


def test_an_interrupted_command_is_ended_in_the_container_and_the_container_stays(
    make: Make, engine: EngineInMemory, root: Path
) -> None:
    ready(make())
    with pytest.raises(KeyboardInterrupt):
        make().run(["sleep", "60"], root, terminal=False)
    mark = engine.attended[engine.attended.index("--env") + 1]
    assert (engine.executed[0], engine.executed[-1]) == (make().name, mark)
    assert list(engine.boxes) == [make().name]


def test_it_is_removed_once(make: Make, engine: EngineInMemory) -> None:
    ready(make())
    assert [make().remove(), make().remove()] == [True, False]
    assert engine.boxes == {}
