import pickle

import numpy as np

from relevo.core.artifact import Draft
from relevo.core.verdict import Outcome
from relevo.model.gates.safe_files import SafeFiles


def test_a_model_of_data_passes(good: Draft) -> None:
    assert SafeFiles().check(good).outcome is Outcome.PASSED


def test_a_pickle_beside_the_model_is_refused(bad: Draft) -> None:
    (bad.folder / "model.pkl").write_bytes(pickle.dumps({}))
    verdict = SafeFiles().check(bad)
    assert verdict.outcome is Outcome.FAILED
    assert str(verdict.evidence[0]) == "`model.pkl` is not a file of a model; nothing but data is taken"


def test_a_pickle_under_the_name_of_the_weights_is_refused(bad: Draft) -> None:
    np.save(bad.folder / "weights.npy", np.array([{}]), allow_pickle=True)
    verdict = SafeFiles().check(bad)
    assert verdict.outcome is Outcome.FAILED
    assert str(verdict.evidence[0]).startswith("`weights.npy` is damaged")
