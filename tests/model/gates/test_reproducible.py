import numpy as np

from relevo.core.artifact import Draft
from relevo.core.verdict import Outcome
from relevo.model.gates.reproducible import Reproducible


def test_the_same_data_gives_the_same_files(good: Draft) -> None:
    assert Reproducible().check(good).outcome is Outcome.PASSED


def test_a_file_that_training_does_not_give_again_is_named(bad: Draft) -> None:
    weights = np.load(bad.folder / "weights.npy")
    np.save(bad.folder / "weights.npy", np.nextafter(weights, np.float32(np.inf)))
    verdict = Reproducible().check(bad)
    assert verdict.outcome is Outcome.FAILED
    assert str(verdict.evidence[0]) == "`weights.npy` came out different the second time"
