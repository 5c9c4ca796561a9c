"""Whether a share of all requests is met, judged by exact counting: k of n, never a percentile of buckets.

The interval is that of Clopper and Pearson (Biometrika 26, 1934, 404–413): exact for every n, so it covers the true
share in at least the stated part of all measurements, also close to 100 % and for few requests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95
#: `needed` looks no further: beyond it the share is too close to the limit to be worth deciding.
MOST_REQUESTS = 1_000_000


class Answer(StrEnum):
    MET = "met"
    MISSED = "missed"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Count:
    """`k` of `n` were good, so that the true share lies in `low` to `high`; `answer` says what follows for `share`."""

    k: int
    n: int
    share: float
    low: float
    high: float

    @property
    def answer(self) -> Answer:
        """Met or missed only where the whole interval lies on one side of `share`."""
        if self.low >= self.share:
            return Answer.MET
        return Answer.MISSED if self.high < self.share else Answer.INCONCLUSIVE


def count(k: int, n: int, share: float, confidence: float = CONFIDENCE) -> Count:
    """Judge `k` good ones of `n` against the wanted `share` (0 to 1). Raises ValueError unless 0 ≤ k ≤ n."""
    return Count(k, n, share, *interval(k, n, confidence))


def interval(k: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The two-sided Clopper–Pearson interval of a share of which `k` of `n` were seen; (0, 1) for n = 0."""
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n}")
    tail = (1 - confidence) / 2
    low = 0.0 if k == 0 else _solve(lambda p: _at_least(k, n, p) < tail)
    high = 1.0 if k == n else 1 - _solve(lambda q: _at_least(n - k, n, q) < tail)
    return low, high


def needed(k: int, n: int, share: float, confidence: float = CONFIDENCE) -> int:
    """About how many requests in all decide if the share seen stays as it is: `n` when they do already, 0 when even
    MOST_REQUESTS would not. Raises ValueError unless 0 < n."""
    if n <= 0:
        raise ValueError(n)

    def decides(total: int) -> bool:
        return count(k * total // n, total, share, confidence).answer is not Answer.INCONCLUSIVE

    undecided, total = n, n
    while not decides(total):
        undecided, total = total, total * 2
        if total > MOST_REQUESTS:
            return 0
    while undecided + 1 < total:
        middle = (undecided + total) // 2
        undecided, total = (undecided, middle) if decides(middle) else (middle, total)
    return total


def _at_least(k: int, n: int, p: float) -> float:
    """P(X ≥ k) for X binomial (n, p) and 0 < k ≤ n: the terms on the thin side of k, the largest first."""
    if p <= 0.0 or p >= 1.0:
        return 0.0 if p <= 0.0 else 1.0
    odds = p / (1 - p)
    total, upwards = 0.0, k > n * p
    i = k if upwards else k - 1
    term = exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * log(p) + (n - i) * log1p(-p))
    while 0 <= i <= n and term > total * 1e-17:
        total += term
        term *= (n - i) / (i + 1) * odds if upwards else i / ((n - i + 1) * odds)
        i += 1 if upwards else -1
    return total if upwards else 1 - total


def _solve(below: Callable[[float], bool]) -> float:
    """The p in 0 to 1 where `below`, true for small p, becomes false."""
    left, right = 0.0, 1.0
    for _ in range(60):
        middle = (left + right) / 2
        left, right = (middle, right) if below(middle) else (left, middle)
    return (left + right) / 2
