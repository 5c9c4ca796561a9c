import json
from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter, sleep, thread_time

import numpy as np
import pytest

from relevo.core.artifact import Draft
from relevo.core.settings import ModelSettings
from relevo.core.verdict import Outcome
from relevo.model.gates.latency import Latency, p95
from relevo_runtime.inputs import Value
from relevo_runtime.model import Model


def limit(draft: Draft, milliseconds: float) -> Draft:
    return replace(draft, settings=replace(draft.settings, model=ModelSettings(p95_ms=milliseconds)))


def test_a_linear_model_answers_in_time(good: Draft) -> None:
    verdict = Latency().check(limit(good, 1000))
    assert verdict.outcome is Outcome.PASSED
    assert str(verdict.evidence[0]).startswith(f"slowest of {good.facts['rows']['heldout'] + 20} calls: ")


def test_a_model_with_far_too_many_groups_is_too_slow(bad: Draft) -> None:
    groups = [f"g{number:07}" for number in range(20_000)]
    description = json.loads((bad.folder / "model.json").read_text())
    vocabulary = json.loads((bad.folder / "vocabulary.json").read_text())
    description |= {"groups": groups, "bias": [0] * len(groups)}
    vocabulary |= {"words": [], "characters": []}
    features = sum(map(len, vocabulary["variables"].values()))
    (bad.folder / "model.json").write_text(json.dumps(description))
    (bad.folder / "vocabulary.json").write_text(json.dumps(vocabulary))
    np.save(bad.folder / "idf.npy", np.zeros(0, "<f4"))
    np.save(bad.folder / "weights.npy", np.zeros((features, len(groups)), "<f4"))
    verdict = Latency().check(limit(bad, 0.5))
    assert verdict.outcome is Outcome.FAILED
    assert verdict.measured is not None and verdict.measured > 0.5


def waits(_: Mapping[str, Value]) -> list[float]:
    sleep(0.002)
    return [1.0]


def works(_: Mapping[str, Value]) -> list[float]:
    start = thread_time()
    while thread_time() - start < 0.002:
        perf_counter()
    return [1.0]


@pytest.mark.parametrize(
    ("probabilities", "outcome"), [(waits, Outcome.INCONCLUSIVE), (works, Outcome.FAILED)], ids=["waits", "works"]
)
def test_time_that_the_processor_did_not_spend_proves_nothing(good: Draft, probabilities, outcome: Outcome) -> None:
    model = Model(["a"], [], probabilities)
    assert Latency().ask(limit(good, 1), model).outcome is outcome


@pytest.mark.parametrize(("count", "found"), [(1, 1), (19, 19), (20, 19), (100, 95), (101, 96)])
def test_p95_is_an_exact_count(count: int, found: int) -> None:
    assert p95([float(number) for number in range(count, 0, -1)]) == found
