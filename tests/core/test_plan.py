"""What a plan says of itself, and its JSON."""

import json

import pytest

from relevo.core.change import Change, flatten
from relevo.core.message import Message
from relevo.core.plan import Plan, Planned, State, Stop, follow
from relevo.core.version import Bump, Version

V1, V2 = Version(1, 1, 0), Version(2, 0, 0)
ADDED = Change("data", "variable-added", {"column": "canal", "type": "category"})
DATA = Planned("data", State.MADE, V1, V2, Bump.MAJOR, (ADDED,))
STOP = Stop("field-missing", Message("no field {field}", {"field": "canal"}), "service/app.py", 9, ("canal",))


def plan(*stages: Planned) -> Plan:
    return Plan({planned.stage: planned for planned in stages})


@pytest.mark.parametrize(
    ("states", "stopped", "idle"),
    [
        ("kept kept kept", False, True),
        ("made kept kept", False, False),
        ("made made stopped", True, False),
        ("kept kept stopped", True, False),
        ("stopped waiting waiting", True, False),
        ("", False, True),
    ],
)
def test_stopped_and_idle(states: str, stopped: bool, idle: bool) -> None:
    whole = plan(*(Planned(f"stage {n}", State(state), V1, V1) for n, state in enumerate(states.split())))
    assert (whole.stopped, whole.idle) == (stopped, idle)


@pytest.mark.parametrize(("old", "bump"), [("1.1.0", "major"), ("2.0.0", "none")])
def test_following_takes_the_step_and_keeps_the_reasons(old: str, bump: str) -> None:
    change = follow("model", "data", Version.parse(old), V2, (ADDED,))
    assert change.params == {"upstream": "data", "bump": bump, "from": old, "to": "2.0.0"}
    assert change.because == (ADDED,)


def test_json() -> None:
    model = Planned("model", State.MADE, V1, V2, Bump.MAJOR, (follow("model", "data", V1, V2, (ADDED,)),), exact=False)
    service = Planned("service", State.STOPPED, None, None, stops=(STOP,))
    added = {"stage": "data", "code": "variable-added", "params": {"column": "canal", "type": "category"}}
    follows = {"upstream": "data", "bump": "major", "from": "1.1.0", "to": "2.0.0"}
    assert json.loads(json.dumps(plan(DATA, model, service).to_json())) == {
        "stopped": True,
        "idle": False,
        "stages": [
            {
                "stage": "data",
                "state": "made",
                "base": "1.1.0",
                "next": "2.0.0",
                "bump": "major",
                "exact": True,
                "changes": [added],
                "stops": [],
            },
            {
                "stage": "model",
                "state": "made",
                "base": "1.1.0",
                "next": "2.0.0",
                "bump": "major",
                "exact": False,
                "changes": [{"stage": "model", "code": "follows", "params": follows, "because": [added]}],
                "stops": [],
            },
            {
                "stage": "service",
                "state": "stopped",
                "base": None,
                "next": None,
                "bump": "none",
                "exact": True,
                "changes": [],
                "stops": [
                    {
                        "code": "field-missing",
                        "message": {"text": "no field {field}", "params": {"field": "canal"}},
                        "file": "service/app.py",
                        "line": 9,
                        "fields": ["canal"],
                    }
                ],
            },
        ],
    }


def test_flat_the_effect_comes_before_its_cause() -> None:
    model = follow("model", "data", V1, V2, (ADDED,))
    service = Change("service", "follows", {}, (model,))
    assert list(flatten([service, ADDED])) == [service, model, ADDED, ADDED]
