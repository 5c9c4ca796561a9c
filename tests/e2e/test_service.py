"""The service through `relevo`: its gates refuse what is bad, its versions follow, and it stops when its code must."""

import json
from typing import Any

import pytest

from relevo.registry import gates

pytestmark = [pytest.mark.slow, pytest.mark.git]

SPOILT = {
    "right-calls": """
from relevo_runtime import model
score = model.Model.score
model.Model.score = lambda self, record: score(self, record)[::-1]
""",
    "wrong-calls": """
from relevo_runtime import inputs
inputs._READERS["text"] = lambda name, given: str(given)
""",
    "unit-performance": """
import time
from relevo_runtime import answer
one = answer.Writer.one
answer.Writer.one = lambda self, scores: time.sleep(0.4) or one(self, scores)
""",
    "integration-performance": """
import time
from relevo_runtime import model
load = model.load
def slow(folder):
    its = load(folder)
    class Slow:
        groups, inputs, check, score_many = its.groups, its.inputs, its.check, its.score_many
        def score(self, record):
            time.sleep(0.4)
            return its.score(record)
    return Slow()
model.load = slow
""",
}


@pytest.fixture
def project(make: Any) -> Any:
    return make("data", "model", "service")


def run(project: Any, expect: int = 0) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(project.relevo("run", "--json", expect=expect).stdout)
    return result


def edit(project: Any, file: str, old: str, new: str) -> None:
    path = project.root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def limit(project: Any, milliseconds: int, requests: int = 100, rate: int = 100) -> None:
    edit(project, "relevo.toml", "limit_ms = 10000", f"limit_ms = {milliseconds}")
    edit(project, "relevo.toml", "rate = 100\nrequests = 100", f"rate = {rate}\nrequests = {requests}")


def test_a_good_service_passes_every_gate_and_a_second_run_does_nothing(project: Any) -> None:
    result = run(project)
    found = {verdict["gate"]: verdict["outcome"] for verdict in result["verdicts"]["service"]}
    assert found == {gate.name: "passed" for gate in gates("service")}
    assert project.lock() == {"data": "1.0.0", "model": "1.0.0", "service": "1.0.0"}
    assert run(project)["outcome"] == "idle"


@pytest.mark.parametrize("gate", SPOILT)
def test_a_bad_service_is_refused_by_its_gate(project: Any, gate: str) -> None:
    if "performance" in gate:
        limit(project, 350, requests=10, rate=2)
    app = project.root / "service/app.py"
    app.write_text(app.read_text(encoding="utf-8") + SPOILT[gate], encoding="utf-8")
    result = run(project, expect=1)
    assert (result["outcome"], result["published"]) == ("failed", [])
    verdicts = {verdict["gate"]: verdict for verdict in result["verdicts"]["service"]}
    assert verdicts[gate]["outcome"] == "failed"
    assert verdicts[gate]["evidence"], "a refusal points to the defect"
    if gate == "integration-performance":
        assert verdicts["unit-performance"]["outcome"] != "failed", "the service alone is not to blame"


def with_variable(project: Any) -> None:
    header, *rows = project.rows()
    channels = [("web", "teléfono")[number % 2] for number in range(len(rows))]
    project.write([[*header, "canal"], *([*row, channel] for row, channel in zip(rows, channels, strict=True))])
    edit(project, "relevo.toml", 'grupo = "label"', 'grupo = "label"\ncanal = "category"')


def test_a_new_variable_stops_the_service_until_its_code_is_changed(project: Any) -> None:
    run(project)
    with_variable(project)

    plan = project.plan()
    service = plan["stages"][-1]
    assert (plan["stopped"], service["state"]) == (True, "stopped")
    line = (project.root / "service/app.py").read_text(encoding="utf-8").splitlines()[service["stops"][0]["line"] - 1]
    assert "supports_model=1" in line
    assert {(stop["file"], *stop["fields"]) for stop in service["stops"]} == {("service/app.py", "canal")}

    result = run(project, expect=1)
    assert result["outcome"] == "stopped"
    assert result["plan"]["stages"][-1]["stops"] == service["stops"], "plan and run say the same"
    assert project.versions("model") == ["1.0.0", "2.0.0"]
    assert project.lock() == {"data": "1.0.0", "model": "1.0.0", "service": "1.0.0"}

    again = project.plan()["stages"][-1]
    assert {tuple(stop["fields"]) for stop in again["stops"]} == {("canal",)}, "known from the model that stands now"

    edit(project, "service/app.py", "supports_model=1", "supports_model=2")
    edit(project, "service/app.py", "import Service, text", "import Service, category, text")
    edit(project, "service/app.py", "fields=[", 'fields=[category("canal"),')
    run(project)
    assert project.lock() == {"data": "2.0.0", "model": "2.0.0", "service": "2.0.0"}
    api = json.loads((project.root / ".relevo/store/service/2.0.0/openapi.json").read_text(encoding="utf-8"))
    get = api["paths"]["/api/v2/modelos/quejas"]["get"]
    assert {parameter["name"] for parameter in get["parameters"]} == {"texto", "canal"}


def test_the_version_follows_from_what_callers_notice(project: Any) -> None:
    run(project)
    app = "service/app.py"
    for old, new, version in [
        ("from relevo_runtime", "# a comment\nfrom relevo_runtime", "1.0.1"),
        ('text("texto"', 'text("texto", deprecated=True', "1.1.0"),
        ('text("texto", deprecated=True', 'text("frase"', "2.0.0"),
    ]:
        edit(project, app, old, new)
        run(project)
        assert project.lock()["service"] == version


def test_better_data_need_no_new_code(project: Any) -> None:
    run(project)
    project.correct_label()
    run(project)
    assert project.lock() == {"data": "1.0.1", "model": "1.0.1", "service": "1.0.1"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("service = Service(", "service = Service((", "line"),
        ("supports_model=1", "supports_model=int('1')", "`supports_model`"),
        ("from relevo_runtime", "import nothing_of_that_name\nfrom relevo_runtime", "nothing_of_that_name"),
    ],
)
def test_code_that_cannot_be_used_is_one_clear_error(project: Any, old: str, new: str, said: str) -> None:
    edit(project, "service/app.py", old, new)
    done = project.relevo("run", expect=2)
    assert said in done.stderr
    assert "service/app.py" in done.stderr
    assert "Traceback" not in done.stderr
