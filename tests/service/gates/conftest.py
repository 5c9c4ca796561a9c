"""Services that misbehave: the user's own app.py, which runs in the service's process, spoils what the runtime does."""

import pytest

from relevo.tools.measure.quiet import Reading

APP = """from relevo_runtime import Service, text

service = Service("quejas", supports_model=1, fields=[text("texto")])
"""


@pytest.fixture(autouse=True)
def _quiet_machine(monkeypatch):
    """What else runs on this machine excuses nothing: a slow service must be refused, not called inconclusive."""
    monkeypatch.setattr(Reading, "now", lambda group: None)


@pytest.fixture
def spoilt(remake, world):
    """`spoilt(code)`: the service of `world` whose app.py also runs `code`."""

    def make(code: str, **settings):
        return remake(world, f"{APP}\n{code}\n", **settings)

    return make


@pytest.fixture
def slow_model() -> str:
    """Code for `spoilt`: the real model takes 0.2 s a text, a constant one does not."""
    return """
import time
from relevo_runtime import model
load = model.load
def slow(folder):
    its = load(folder)
    class Slow:
        groups, inputs, check, score_many = its.groups, its.inputs, its.check, its.score_many
        def score(self, record):
            time.sleep(0.2)
            return its.score(record)
    return Slow()
model.load = slow
"""
