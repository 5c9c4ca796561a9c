import time

import pytest

from relevo.tools.measure.connection import request
from relevo.tools.measure.counting import Answer
from relevo.tools.measure.judgement import Doubt, judge
from relevo.tools.measure.load import Result, Shot, fire
from relevo.tools.measure.quiet import Noise
from relevo.tools.measure.schedule import schedule

QUIET, LOUD = Noise(), Noise(others=0.6, waited=0.5)
FAST, SLOW = 0.01, 0.5


def shots(number: int, latency: float, late: float = 0.0, status: int = 200, error: str = "") -> list[Shot]:
    return [Shot(i, 0.0, late, latency, status, error, status == 200) for i in range(number)]


@pytest.mark.parametrize(
    ("seen", "noise", "answer", "doubt"),
    [
        (shots(600, FAST), QUIET, Answer.MET, Doubt.NONE),
        (shots(600, FAST, late=0.009), LOUD, Answer.MET, Doubt.NONE),  # met in spite of everything
        (shots(574, FAST) + shots(26, SLOW), QUIET, Answer.INCONCLUSIVE, Doubt.NONE),  # 95.7 %: too few to know
        (shots(540, FAST) + shots(60, SLOW), QUIET, Answer.MISSED, Doubt.NONE),
        (shots(540, FAST) + shots(60, SLOW), LOUD, Answer.INCONCLUSIVE, Doubt.MACHINE),
        (shots(540, FAST) + shots(60, 5.0), LOUD, Answer.MISSED, Doubt.NONE),  # half a second explains no five
        (shots(540, FAST) + shots(60, SLOW, late=0.49), QUIET, Answer.INCONCLUSIVE, Doubt.CLIENT),
        (shots(600, SLOW, late=0.02), QUIET, Answer.INCONCLUSIVE, Doubt.CLIENT),
        (shots(540, FAST) + shots(60, FAST, status=500), LOUD, Answer.MISSED, Doubt.NONE),  # noise makes no 500
        (shots(540, FAST) + shots(60, FAST, status=0, error="reset"), LOUD, Answer.MISSED, Doubt.NONE),
        (shots(540, FAST) + shots(60, SLOW, status=0, error="timeout"), LOUD, Answer.INCONCLUSIVE, Doubt.MACHINE),
    ],
)
def test_doubt_turns_missed_into_inconclusive_and_nothing_else(seen, noise, answer, doubt):
    judgement = judge(Result(tuple(seen), 1.0, 0.1), 0.15, 0.95, noise)
    assert (judgement.answer, judgement.doubt) == (answer, doubt)


@pytest.mark.slow
def test_a_client_that_stalls_is_not_held_against_the_server(plant, answer):
    server = plant(lambda number: answer)
    stalls = iter([*[0.0] * 50, 2.0])

    def stalling(response) -> bool:
        time.sleep(next(stalls, 0.0))
        return True

    result = fire("127.0.0.1", server.port, [request("GET", "/", "h")], schedule(200, 100, "constant"), right=stalling)
    judgement = judge(result, 0.8, 0.95, QUIET)
    assert (judgement.answer, judgement.doubt) == (Answer.INCONCLUSIVE, Doubt.CLIENT)
