"""From a load run to an answer: was the requirement met, and if not, was it the server's doing?"""

from dataclasses import dataclass
from enum import StrEnum

from relevo.tools.measure.counting import Answer, Count, count
from relevo.tools.measure.load import Result
from relevo.tools.measure.quiet import Noise

#: A client that comes to half of its requests later than this part of the limit is saturated: it reads late, too.
SATURATED = 0.1


class Doubt(StrEnum):
    """Why a miss is not held against the server."""

    NONE = ""
    CLIENT = "client"  # the client could not keep its own schedule
    MACHINE = "machine"  # others had the processors that the server waited for


@dataclass(frozen=True, slots=True)
class Judgement:
    """`count` is what was seen; `answer` follows from it and from `doubt`."""

    count: Count
    answer: Answer
    doubt: Doubt = Doubt.NONE


def judge(result: Result, limit: float, share: float, noise: Noise) -> Judgement:
    """Were `share` of the requests answered rightly in under `limit` seconds?

    Doubt only ever turns missed into inconclusive, and only for slowness: wrong answers and broken connections are the
    server's own. It cannot make a slow server pass. A requirement that is met needs no quiet: latencies count from the
    intended time, so lateness and noise can only have made them longer.
    """
    seen = count(result.fast(limit), len(result.shots), share)
    wrong = sum(not shot.right and shot.error != "timeout" for shot in result.shots)
    if seen.answer is not Answer.MISSED or count(seen.n - wrong, seen.n, share).answer is Answer.MISSED:
        return Judgement(seen, seen.answer)
    excused = count(result.fast(limit, own_lateness=False), seen.n, share)
    if excused.answer is not Answer.MISSED or result.lateness(0.5) > limit * SATURATED:
        return Judgement(seen, Answer.INCONCLUSIVE, Doubt.CLIENT)
    if noise.explains(result.overdue(limit)):
        return Judgement(seen, Answer.INCONCLUSIVE, Doubt.MACHINE)
    return Judgement(seen, Answer.MISSED)
