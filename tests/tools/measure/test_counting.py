import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv

from relevo.tools.measure.counting import Answer, count, interval, needed

counts = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_the_interval_is_that_of_the_beta_quantiles(k_n):
    k, n = k_n
    low, high = interval(k, n)
    assert low == pytest.approx(betaincinv(k, n - k + 1, 0.025) if k else 0, abs=1e-12)
    assert high == pytest.approx(betaincinv(k + 1, n - k, 0.975) if k < n else 1, abs=1e-12)


@given(counts)
def test_the_interval_holds_the_share_that_was_seen_and_mirrors_its_opposite(k_n):
    k, n = k_n
    low, high = interval(k, n)
    assert 0 <= low <= k / n <= high <= 1
    assert interval(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_a_published_interval():
    """Clopper and Pearson's own chart, 10 of 20 at 95 %: about 0.27 to 0.73."""
    assert interval(10, 20) == pytest.approx((0.2720, 0.7280), abs=1e-4)


@pytest.mark.parametrize(
    ("k", "n", "answer"),
    [
        (600, 600, Answer.MET),
        (582, 600, Answer.MET),  # 97.0 %
        (576, 600, Answer.INCONCLUSIVE),  # 96.0 %: above the share, and not surely so
        (570, 600, Answer.INCONCLUSIVE),
        (560, 600, Answer.INCONCLUSIVE),
        (555, 600, Answer.MISSED),  # 92.5 %
        (0, 600, Answer.MISSED),
        (72, 72, Answer.MET),  # the fewest that can
        (71, 71, Answer.INCONCLUSIVE),
        (0, 0, Answer.INCONCLUSIVE),
    ],
)
def test_95_percent_is_met_or_missed_only_where_the_whole_interval_says_so(k, n, answer):
    assert count(k, n, 0.95).answer is answer


@settings(max_examples=40)
@given(counts, st.floats(0.01, 0.99))
def test_one_more_good_request_never_makes_the_answer_worse(k_n, share):
    k, n = k_n
    assume(k < n)
    worst_first = [Answer.MISSED, Answer.INCONCLUSIVE, Answer.MET]
    assert worst_first.index(count(k, n, share).answer) <= worst_first.index(count(k + 1, n, share).answer)


@pytest.mark.parametrize(
    ("k", "n", "least", "most"), [(98, 100, 230, 258), (97, 100, 465, 540), (96, 100, 1849, 2004), (600, 600, 600, 600)]
)
def test_says_about_how_many_requests_decide(k, n, least, most):
    assert least <= needed(k, n, 0.95) <= most


def test_a_share_right_at_the_limit_is_never_decided():
    assert needed(95, 100, 0.95) == 0


@pytest.mark.parametrize(("k", "n"), [(-1, 10), (11, 10)])
def test_impossible_counts_are_refused(k, n):
    with pytest.raises(ValueError, match=f"{k} of {n}"):
        count(k, n, 0.95)
