"""A linear classifier whose scores are calibrated probabilities."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import logsumexp, softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

Scores = NDArray[np.float64]

FOLDS = 3
#: The sharpness where no group has enough rows to measure it: between what two real sets gave (docs/why/0022).
USUAL_SHARPNESS = 5.0


class CalibratedSVC:
    """One LinearSVC, its scores times one `sharpness`, and softmax: temperature scaling.

    Guo, Pleiss, Sun, Weinberger: "On Calibration of Modern Neural Networks", ICML 2017 (sharpness = 1 / temperature).
    The sharpness is the one with the least log-loss on scores of rows that were not trained on (3 folds). A group with
    fewer rows than folds trains every fold and calibrates none: one row is enough to take part. The order of the groups
    is that of the SVC's scores.
    """

    def __init__(self, c: float, seed: int) -> None:
        self.c, self.seed = c, seed
        self.sharpness = USUAL_SHARPNESS

    def fit(self, x: csr_matrix, y: NDArray[np.intp]) -> "CalibratedSVC":
        """`x` (rows, features), `y` (rows) with every group 0 … n-1 at least once, n ≥ 2."""
        self.svc = self._svc(x, y)
        plenty = np.flatnonzero(np.bincount(y)[y] >= FOLDS)
        if plenty.size:
            self.sharpness = _sharpness(self._unseen(x, y, plenty), y[plenty])
        return self

    def scores(self, x: csr_matrix) -> Scores:
        """(rows, groups): the logarithms of the probabilities, but for a constant a row."""
        return self.sharpness * _both(self.svc.decision_function(x))

    def probabilities(self, x: csr_matrix) -> Scores:
        """(rows, groups), each row adding up to 1."""
        its: Scores = softmax(self.scores(x), axis=1)
        return its

    def linear(self) -> tuple[Scores, Scores]:
        """Weights (features, groups) and bias (groups) such that `scores(x)` is x @ weights + bias."""
        return self.sharpness * _both(self.svc.coef_.T), self.sharpness * _both(self.svc.intercept_[None])[0]

    def _svc(self, x: csr_matrix, y: NDArray[np.intp]) -> LinearSVC:
        # The dual solver uses no BLAS and draws from its own seed: the same bits wherever the same wheel runs.
        svc = LinearSVC(C=self.c, dual=True, random_state=self.seed)
        with warnings.catch_warnings():
            # What is not quite converged is still a model, and the gates measure how good it is.
            warnings.simplefilter("ignore", ConvergenceWarning)
            return svc.fit(x, y)

    def _unseen(self, x: csr_matrix, y: NDArray[np.intp], plenty: NDArray[np.intp]) -> Scores:
        """Scores of the rows `plenty`, each by an SVC that was not trained on it but on all the groups."""
        found = np.empty((plenty.size, y.max() + 1))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=self.seed)
        for _, part in folds.split(plenty, y[plenty]):
            trained = np.ones(len(y), bool)
            trained[plenty[part]] = False
            found[part] = _both(self._svc(x[trained], y[trained]).decision_function(x[plenty[part]]))
        return found


def _sharpness(scores: Scores, y: NDArray[np.intp]) -> float:
    def log_loss(logarithm: float) -> float:
        sharp = np.exp(logarithm) * scores
        return float(np.mean(logsumexp(sharp, axis=1) - sharp[np.arange(len(y)), y]))

    # Four digits: enough to be the best, few enough to be the same on every machine.
    best: Any = minimize_scalar(log_loss, bounds=(np.log(0.5), np.log(50)), method="bounded")
    return float(f"{np.exp(best.x):.4g}")


def _both(scores: Scores) -> Scores:
    """scikit-learn keeps one column for two groups: the second's, the first's being its opposite."""
    if scores.ndim == 1:
        scores = scores[:, None]
    return np.hstack([-scores, scores]) if scores.shape[1] == 1 else scores
