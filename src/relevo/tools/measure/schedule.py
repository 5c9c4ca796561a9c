"""When requests are to be sent, decided before the first one goes out and never changed by the answers: open loop."""

from itertools import accumulate
from random import Random
from typing import Literal

Arrivals = Literal["poisson", "constant"]


def schedule(requests: int, rate: float, arrivals: Arrivals = "poisson", seed: int = 0) -> list[float]:
    """The intended send time of each of `requests` requests in seconds from the start, ascending, the first at 0.

    `rate` is requests a second. Poisson arrivals (independent callers) have exponential gaps drawn with `seed`; the
    same seed gives the same schedule everywhere. Raises ValueError for a rate that is not above 0.
    """
    if not rate > 0:
        raise ValueError(f"rate {rate}")
    if arrivals == "constant":
        return [i / rate for i in range(requests)]
    random = Random(seed)  # noqa: S311  no secret: the same schedule again is what is wanted
    gaps = (random.expovariate(rate) for _ in range(requests - 1))
    return list(accumulate(gaps, initial=0.0))[:requests]
