from relevo.calls.asking import MOST, short, unexpected, verdict
from relevo.core.message import Message
from relevo.core.verdict import Outcome
from relevo.tools.http import Answer

WRONG = Message("wrong", {})


def test_a_verdict_counts_right_calls_and_says_what_was_wrong():
    found = verdict("calls", iter([[], [WRONG, WRONG], []]))
    assert (found.gate, found.outcome, found.evidence) == ("calls", Outcome.FAILED, (WRONG, WRONG))
    assert (found.measured, found.limit, found.unit) == (2, 3, "calls")


def test_a_verdict_passes_when_nothing_was_wrong():
    assert verdict("calls", [[], []]).outcome is Outcome.PASSED


def test_no_calls_prove_nothing():
    assert verdict("calls", []).outcome is Outcome.FAILED


def test_a_verdict_keeps_no_more_evidence_than_is_read():
    assert len(verdict("calls", [[WRONG]] * (MOST + 1)).evidence) == MOST


def test_an_unexpected_answer_is_told_with_its_call_and_the_start_of_its_body():
    message = unexpected("GET /x", Answer(500, {}, b"a" * 999), 200)
    assert str(message) == f"`GET /x` was answered with 500 instead of 200: {'a' * 199}…"


def test_what_is_short_stays_whole():
    assert (short("a" * 200), short("a" * 201)) == ("a" * 200, "a" * 199 + "…")
