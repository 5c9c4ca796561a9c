"""With RELEVO_LANG=es, no verb and no error says an English sentence.

Two nets: whatever is looked up in the catalogue and not found there is recorded, and the words of what was printed are
searched for English ones.
"""

import gettext
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from relevo.cli import foreign, scaffold, translate
from relevo.cli.verbs import SUMMARIES
from relevo.core.change import Change
from relevo.core.errors import OutsideError
from relevo.core.message import N_
from relevo.line import Run

#: Words that make a text English, and that are no Spanish words, names of options or TOML keys.
ENGLISH = re.compile(
    r"\b(the|of|is|are|and|with|for|not|which|this|that|from|was|were|has|have|but|than|only|by|it|its|an|or|what"
    r"|where|there|nothing|cannot|must|missing|failed|passed|rows|empty|unknown|error in|usage|examples|arguments"
    r"|required|invalid|such|did you mean|already|stopped|up to date|made|hint)\b",
    re.IGNORECASE,
)
#: English that is no sentence of ours: file names, commands and values.
NAMES = re.compile(
    r"`[^`]*`|'[^']*'|\S*[/\\]\S*|\bRELEVO_\w+|\brelevo \w+|--[\w-]+|\w+\.\w[\w.-]*|\b\w+-[\w-]+|\b\w+=\S+|^ +\S+:",
    re.MULTILINE,
)


class Unknown(gettext.NullTranslations):
    """Stands behind the Spanish catalogue and hears what was not found there."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def gettext(self, message: str) -> str:
        self.heard.append(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.heard.append(msgid1)
        return super().ngettext(msgid1, msgid2, n)


@pytest.fixture
def spanish(call: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """`call` in Spanish; fails where English was said."""
    unknown = Unknown()
    use = translate.use

    def listening(catalogue: gettext.NullTranslations) -> None:
        catalogue.add_fallback(unknown)
        use(catalogue)

    monkeypatch.setattr(translate, "use", listening)

    def in_spanish(*args: str, **more: Any) -> Any:
        called = call(*args, lang="es", **more)
        assert unknown.heard == []
        english = ENGLISH.findall(NAMES.sub(" ", called.err + ("" if "--json" in args else called.out)))
        assert english == [], called.err + called.out
        return called

    yield in_spanish


def test_the_nets_catch_english(call: Any, spanish: Any, line: Any, samples: Any) -> None:
    line.error = OutsideError("x", "a sentence that nobody translated")
    with pytest.raises(AssertionError):
        spanish("plan", line=line)
    assert ENGLISH.search("esta línea is wrong")


@pytest.mark.parametrize("verb", ["", *SUMMARIES])
def test_help(verb: str, spanish: Any) -> None:
    assert spanish(*filter(None, [verb]), "--help").code == 0


@pytest.mark.parametrize(
    "args",
    [
        ("plan",),
        ("plan", "--rules"),
        ("run",),
        ("run", "--dry-run"),
        ("status",),
        ("log",),
        ("show", "model@1.0.1"),
        ("show", "model@9.9.9"),
        ("show", "x"),
        ("diff", "data@1.0.0", "data@1.0.1"),
        ("verify",),
        ("predict", "no funciona mi tarjeta"),
        ("predict", "x", "--field", "canal"),
        ("serve", "--host", "192.0.2.1", "--port", "0"),
        ("serve", "--port", "x"),
        ("serve", "--port", "70000"),
        ("plan", "--jsn"),
        ("plan", "a", "b"),
        ("show",),
        ("pln",),
        ("xyzzy",),
        ("-C", "/no/such", "plan"),
        ("init", "quejas"),
        ("predict", "--field"),
        ("predict", "x", "--json=3"),
        (),
    ],
)
def test_verbs(args: tuple[str, ...], spanish: Any, line: Any) -> None:
    spanish(*args, line=line)


@pytest.mark.parametrize("outcome", ["done", "idle", "failed", "inconclusive", "stopped"])
def test_every_end_of_a_run(outcome: Any, spanish: Any, line: Any, samples: Any) -> None:
    verdicts = {"model": (samples.passed, samples.failed, samples.inconclusive)}
    line.ran = Run(outcome, samples.plan, verdicts, (samples.artifact("service"),), ("x",), locked=True)
    spanish("run", line=line)


def test_what_is_said_of_an_empty_or_broken_line(spanish: Any, line: Any) -> None:
    line.problems[line.artifacts[0].ref] = (line.status().notes[0],)
    spanish("verify", line=line)
    line.artifacts, line.changes, line.locked = [], (), None
    for args in (["log"], ["diff", "data@1.0.0", "data@1.0.1"], ["status"]):
        spanish(*args, line=line)
    line.changes = (Change("data", "rows-added", {"rows": 1, "propose_id": True}),)
    spanish("diff", "data@1.0.0", "data@1.0.1", line=line)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ZeroDivisionError("división por cero")])
def test_the_last_door(error: BaseException, spanish: Any, line: Any) -> None:
    line.error = error
    spanish("run", line=line)


@pytest.mark.parametrize("reason", foreign.SYSTEM + foreign.TOML)
def test_what_the_system_says(reason: str, spanish: Any, line: Any) -> None:
    line.error = OutsideError("cannot-write", N_("cannot write `{path}`: {reason}"), path="x", reason=reason)
    spanish("run", line=line)


def test_a_port_in_use(spanish: Any, line: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        spanish("serve", "--port", str(server.getsockname()[1]), line=line)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A line on the disk, of the data stage alone."""
    data = tmp_path / "quejas.csv"
    data.write_text("texto,grupo,canal\n" + "".join(f"texto {i},g{i % 2},web\n" for i in range(50)))
    files = scaffold.files("quejas", {"texto": "text", "grupo": "label", "canal": "category"}, "es")
    files["relevo.toml"] = files["relevo.toml"].replace("\n[data]", 'stages = ["data"]\n\n[data]')
    scaffold.create(tmp_path / "quejas", files, data, "data/quejas.csv")
    return tmp_path / "quejas"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("relevo.toml", "[model]", "[model"),
        ("relevo.toml", "[model]", "[data]"),
        ("relevo.toml", "0.2 ", "\x01 "),
        ("relevo.toml", 'name = "quejas"', 'name = "quejas'),
        ("relevo.toml", "[model]", "[modle]"),
        ("relevo.toml", "holdout", "holdut"),
        ("relevo.toml", "holdout = 0.2", "holdout = 2"),
        ("relevo.toml", "holdout = 0.2", 'holdout = "x"'),
        ("relevo.toml", '"category"', '"categry"'),
        ("relevo.toml", 'canal = "category"\n', ""),
        ("relevo.toml", "canal =", "cnal ="),
        ("relevo.toml", '"label"', '"text"'),
        ("relevo.toml", 'name = "quejas"', 'name = "Quejas"'),
        ("relevo.toml", 'path = "data/quejas.csv"', ""),
        ("relevo.toml", "data/quejas.csv", "data/no.csv"),
        ("relevo.toml", 'stages = ["data"]', 'stages = ["dta"]'),
        ("relevo.toml", 'stages = ["data"]', 'stages = ["model"]'),
        ("relevo.toml", "[model]", '[policy]\n"data.row-added" = "minor"\n[model]'),
        ("relevo.toml", "[model]", '[policy]\n"data.rows-added" = "big"\n[model]'),
        ("relevo.toml", "[data]", '[data]\nprepare = "x"'),
        ("relevo.toml", "[data]", '[data]\nprepare = "no:existe"'),
        ("data/quejas.csv", "texto 3,", '"texto 3,'),
        ("data/quejas.csv", "texto 3,", "texto\0 3,"),
        ("data/quejas.csv", "texto 3,", "texto, 3,"),
        ("data/quejas.csv", "texto,grupo,canal", "texto,grupo,grupo"),
        ("data/quejas.csv", "texto 3,", ","),
        ("data/quejas.csv", "texto 3,g1", "texto 3,"),
        ("data/quejas.csv", "texto 3,g1", "texto 2,g1"),
        ("data/quejas.csv", "g1", "g0"),
    ],
)
def test_bad_lines(file: str, old: str, new: str, folder: Path, spanish: Any) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert spanish("-C", str(folder), "run").code in (1, 2)


@pytest.mark.parametrize("content", [b"", b"texto,grupo,canal\n", b"\xff\xfe", b"a\n1\n"])
def test_bad_files(content: bytes, folder: Path, spanish: Any) -> None:
    (folder / "data" / "quejas.csv").write_bytes(content)
    assert spanish("-C", str(folder), "plan").code in (0, 1, 2)
    assert spanish("-C", str(folder), "run").code in (1, 2)


@pytest.mark.parametrize(
    "more", [[], ["--dry-run"], ["--text", "txto"], ["--ignore", "texto"], ["--id", "no"], ["--data", "no.csv"]]
)
def test_init(more: list[str], folder: Path, spanish: Any) -> None:
    args = ["--data", "data/quejas.csv", "--text", "texto", "--label", "grupo", *more]
    spanish("-C", str(folder), "init", "nueva", *args)


@pytest.mark.parametrize("name", ["Mala", "data"])
def test_init_of_a_name_that_will_not_do(name: str, folder: Path, spanish: Any) -> None:
    args = ["--data", "data/quejas.csv", "--text", "texto", "--label", "grupo", "--dry-run"]
    assert spanish("-C", str(folder), "init", name, *args).code == 2


def test_a_real_line_from_its_first_version_on(folder: Path, spanish: Any) -> None:
    at = ("-C", str(folder))
    assert spanish(*at, "status").code == 0
    assert spanish(*at, "predict", "x").code == 2
    assert spanish(*at, "run").code == 0
    assert spanish(*at, "run").code == 0
    path = folder / "data" / "quejas.csv"
    path.write_text(path.read_text().replace("texto 3,g1", "texto 3,g0") + "texto nuevo,g2,fax\ntexto más,g2,web\n")
    assert spanish(*at, "plan").code == 0
    assert spanish(*at, "run").code == 0
    for verb in (["log"], ["show", "data@1.1.0"], ["diff", "data@1.0.0", "data@1.1.0"], ["verify"], ["status"]):
        assert spanish(*at, *verb).code == 0
    assert spanish(*at, "diff", "data@1.0.0", "model@1.0.0").code == 2
    assert spanish(*at, "plan", "modelo").code == 2
    assert spanish(*at, "serve").code == 2
    rows = next((folder / ".relevo" / "store" / "data").rglob("rows.parquet"))
    rows.chmod(0o644)
    rows.write_bytes(rows.read_bytes()[:-1])
    assert spanish(*at, "verify").code == 1


@pytest.mark.slow
def test_a_whole_line_with_its_stop(tmp_path: Path, spanish: Any) -> None:
    """Data, model and service are published; a new variable stops the service; a wrong field is refused."""
    groups = ("tarjeta bloqueada", "recibo duplicado", "la app no abre")
    rows = [f"{groups[i % 3]} desde {i},{groups[i % 3].split()[0]}" for i in range(150)]
    data = tmp_path / "quejas.csv"
    data.write_text("texto,grupo\n" + "\n".join(rows) + "\n")
    args = ["--data", "quejas.csv", "--text", "texto", "--label", "grupo"]
    assert spanish("-C", str(tmp_path), "init", "quejas", *args).code == 0
    folder = tmp_path / "quejas"
    settings = folder / "relevo.toml"
    # What is looked at here are words: a busy machine shall not make the performance gates inconclusive.
    text = settings.read_text().replace("limit_ms = 150", "limit_ms = 5000\nrate = 100\nrequests = 200")
    settings.write_text(text.replace("p95_ms = 50", "p95_ms = 2000"))
    at = ("-C", str(folder))
    assert spanish(*at, "run").code == 0
    assert spanish(*at, "predict", "no va mi tarjeta").code == 0
    assert spanish(*at, "predict", "").code == 2
    assert spanish(*at, "predict", "x", "--field", "canal=web").code == 2
    for stage in ("data", "model", "service"):
        spanish(*at, "show", f"{stage}@1.0.0")
    assert _served(folder) == ("ready", 0)
    rows = [f"{row},{('web', 'fax')[i % 2]}" for i, row in enumerate(rows)]
    (folder / "data" / "quejas.csv").write_text("texto,grupo,canal\n" + "\n".join(rows) + "\n")
    assert spanish(*at, "plan").code == 2
    settings.write_text(settings.read_text().replace('grupo = "label"', 'grupo = "label"\ncanal = "category"'))
    stopped = spanish(*at, "plan")
    assert stopped.code == 0
    assert "service/app.py:" in stopped.out
    assert "`canal`" in stopped.out
    assert spanish(*at, "run").code == 1
    assert spanish(*at, "status").code == 0
    assert spanish(*at, "diff", "model@1.0.0", "model@2.0.0").code == 0
    assert spanish(*at, "predict", "x", "--field", "canal=web").code == 0
    assert spanish(*at, "predict", "x").code == 2
    assert spanish(*at, "verify").code == 0
    assert spanish(*at, "log").code == 0


def _served(folder: Path) -> tuple[str, int]:
    """What `relevo serve` says first, and its exit code after SIGTERM."""
    main = "import sys; from relevo.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", main, "-C", str(folder), "serve", "--port", "0"]
    environment = {**os.environ, "RELEVO_LANG": "es", "RELEVO_DEBUG": "1", "RELEVO_DRAIN_SECONDS": "0"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        event = json.loads(process.stdout.readline())["event"]
        process.terminate()
        process.communicate(timeout=60)
    return event, process.returncode
