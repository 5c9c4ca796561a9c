import numpy as np
import pytest
from scipy.sparse import csr_matrix, identity

from relevo.model.classifier import USUAL_SHARPNESS, CalibratedSVC


def noisy(groups: int, rows: int, noise: float) -> tuple[csr_matrix, np.ndarray]:
    """Rows that say their group, `noise` of them another one."""
    chance = np.random.default_rng(7)
    y = np.arange(rows) % groups
    said = np.where(chance.random(rows) < noise, chance.integers(0, groups, rows), y)
    return csr_matrix(np.eye(groups)[said]), y


@pytest.mark.parametrize("groups", [2, 3, 20])
def test_scores_are_linear_and_probabilities_add_up_to_one(groups: int) -> None:
    x, y = noisy(groups, 200, 0.2)
    fitted = CalibratedSVC(0.5, 0).fit(x, y)
    weights, bias = fitted.linear()
    assert weights.shape == (groups, groups)
    assert np.allclose(x @ weights + bias, fitted.scores(x))
    assert np.allclose(fitted.probabilities(x).sum(axis=1), 1)


@pytest.mark.parametrize("noise", [0.1, 0.4])
def test_it_is_as_sure_as_it_is_right(noise: float) -> None:
    x, y = noisy(4, 4000, noise)
    probabilities = CalibratedSVC(0.5, 0).fit(x, y).probabilities(x)
    right = np.mean(probabilities.argmax(axis=1) == y)
    assert probabilities.max(axis=1).mean() == pytest.approx(right, abs=0.01)


def test_a_group_of_one_row_is_learnt_beside_larger_ones() -> None:
    x = csr_matrix(np.eye(3)[[0] * 10 + [1] * 10 + [2]])
    y = np.array([0] * 10 + [1] * 10 + [2])
    fitted = CalibratedSVC(0.5, 0).fit(x, y)
    assert list(fitted.probabilities(x).argmax(axis=1)) == list(y)


def test_where_no_group_has_three_rows_the_usual_sharpness_is_taken() -> None:
    fitted = CalibratedSVC(0.5, 0).fit(csr_matrix(identity(4)), np.array([0, 0, 1, 1]))
    assert fitted.sharpness == USUAL_SHARPNESS
