"""Stages in their order, and the gates of a stage."""

import pytest

from relevo.core.errors import UsageError
from relevo.registry import gates, stages


def test_each_stage_comes_after_those_that_it_takes():
    assert [stage.name for stage in stages(["service", "data", "model"])] == ["data", "model", "service"]


def test_a_stage_without_the_one_that_it_takes_is_refused():
    with pytest.raises(UsageError, match="`service` takes `model`"):
        stages(["data", "service"])


def test_the_gates_of_a_stage_guard_it_and_come_by_name():
    found = gates("data")
    assert {gate.guards for gate in found} == {"data"}
    assert [gate.name for gate in found] == sorted(gate.name for gate in found)
