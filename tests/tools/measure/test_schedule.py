from itertools import pairwise
from statistics import mean, pstdev

import pytest

from relevo.tools.measure.schedule import schedule


def test_constant_arrivals_are_evenly_spaced():
    assert schedule(4, 50, "constant") == [0.0, 0.02, 0.04, 0.06]


def test_the_same_seed_gives_the_same_poisson_schedule_and_another_seed_another():
    assert schedule(100, 50, seed=1) == schedule(100, 50, seed=1) != schedule(100, 50, seed=2)


def test_poisson_gaps_have_the_mean_and_spread_of_an_exponential():
    gaps = [b - a for a, b in pairwise(schedule(20_001, 50))]
    assert mean(gaps) == pytest.approx(0.02, rel=0.03)
    assert pstdev(gaps) == pytest.approx(0.02, rel=0.03)


@pytest.mark.parametrize("arrivals", ["poisson", "constant"])
@pytest.mark.parametrize("requests", [0, 1, 5])
def test_has_as_many_times_as_requests_in_order_from_zero(arrivals, requests):
    times = schedule(requests, 10, arrivals)
    assert (len(times), times[:1], times) == (requests, [0.0][:requests], sorted(times))


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_that_sends_nothing_is_refused(rate):
    with pytest.raises(ValueError, match="rate"):
        schedule(10, rate)
