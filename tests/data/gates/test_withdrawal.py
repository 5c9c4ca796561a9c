import pytest

from relevo.core.verdict import Outcome
from relevo.data.gates.withdrawal import Withdrawal

HEADER = "texto,grupo\n"
ROWS = [f"{group}{i},{group}\n" for group in "abcde" for i in range(10)]


def left(**kept):
    """The rows where of some groups only so many are kept."""
    return HEADER + "".join(row for row in ROWS if int(row[1]) < kept.get(row[0], 10))


@pytest.fixture
def held(bench):
    base = bench.artifact(HEADER + "".join(ROWS))
    return lambda content, **data: Withdrawal().check(bench.draft(content, base, **data))


def test_the_first_version_passes(bench):
    assert Withdrawal().check(bench.draft(HEADER + "".join(ROWS))).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("what", "kept", "share", "outcome"),
    [
        ("half of one group", {"a": 5}, 10, Outcome.PASSED),
        ("more than half of one group", {"a": 4}, 12, Outcome.FAILED),
        ("a fifth of all", {"a": 5, "b": 5}, 20, Outcome.PASSED),
        ("more than a fifth of all", {"a": 5, "b": 5, "c": 9}, 22, Outcome.FAILED),
        ("a whole group", {"a": 0}, 20, Outcome.FAILED),
    ],
)
def test_mass_withdrawal_is_held(held, what, kept, share, outcome):
    verdict = held(left(**kept))
    assert (verdict.outcome, verdict.measured, verdict.limit, verdict.unit) == (outcome, share, 20, "%")


def test_new_rows_do_not_hide_what_is_gone(held):
    assert held(left(a=4) + "".join(f"nueva {i},a\n" for i in range(30))).outcome is Outcome.FAILED


def test_rows_that_moved_to_another_group_are_not_gone(held):
    assert held(left().replace(",a\n", ",b\n")).outcome is Outcome.PASSED


def test_what_is_gone_is_named_with_the_line_that_confirms_it(held, bench):
    content = left(a=4, b=5)
    digest = bench.make(content)[0].output_digest
    assert list(map(str, held(content).evidence)) == [
        "11 of the 50 rows of data@1.0.0 are gone",
        "6 of the 10 rows of group `a` of data@1.0.0 are gone",
        f'if that is meant, write under [data] in relevo.toml: withdrawal_confirmed = "{digest[:12]}"',
    ]


def test_a_confirmation_lets_these_very_rows_pass(held, bench):
    digest = bench.make(left(a=4))[0].output_digest[:12]
    verdict = held(left(a=4), withdrawal_confirmed=digest)
    assert verdict.outcome is Outcome.PASSED
    assert list(map(str, verdict.warnings)) == ["6 of the 10 rows of group `a` of data@1.0.0 are gone"]
    assert held(left(a=3), withdrawal_confirmed=digest).outcome is Outcome.FAILED
