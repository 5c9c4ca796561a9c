"""Load on an address: real texts at a steady rate, open loop, judged by exact count."""

from collections.abc import Iterator

from relevo.calls.asking import JSON
from relevo.calls.rows import Row
from relevo.calls.serving import Address
from relevo.calls.subject import Subject
from relevo.core.message import N_, Message
from relevo.core.settings import ServiceSettings
from relevo.core.verdict import Outcome, Verdict
from relevo.tools.measure.connection import Response, request
from relevo.tools.measure.counting import Answer, Count, needed
from relevo.tools.measure.judgement import Doubt, Judgement, judge
from relevo.tools.measure.load import Result, fire
from relevo.tools.measure.quiet import Noise, Reading, noise
from relevo.tools.measure.schedule import schedule

#: Different texts asked for, in turn.
TEXTS = 500
#: The service runs itself in for so long before anything is counted, in seconds.
WARM_UP = 1.0
#: Longer addresses go as POST.
LONGEST_ADDRESS = 2_000

_OUTCOMES = {Answer.MET: Outcome.PASSED, Answer.MISSED: Outcome.FAILED, Answer.INCONCLUSIVE: Outcome.INCONCLUSIVE}
_DOUBTS = {
    Doubt.CLIENT: N_("not held against the service: the measuring client itself was late"),
    Doubt.MACHINE: N_(
        "not held against the service: it waited {waited} s for a processor, while other work took {others} % of the "
        "machine (and the hypervisor {stolen} %)"
    ),
}


def measure(gate_name: str, subject: Subject, address: Address, wanted: ServiceSettings) -> Verdict:
    """Whether the service at `address` answers as fast as is `wanted`; what else ran on the machine is taken into
    account where its process can be seen."""
    requests = [_request(subject.path, address, row) for row in subject.rows(TEXTS)]
    before = _reading(address)
    result = fire(
        address.host,
        address.port,
        requests,
        schedule(wanted.requests, wanted.rate),
        warm_up=schedule(round(wanted.rate * WARM_UP), wanted.rate, seed=1),
        right=_is_answer,
    )
    quiet = noise(before, _reading(address))
    judgement = judge(result, wanted.limit_ms / 1000, wanted.share, quiet)
    seen = judgement.count
    return Verdict(
        gate_name,
        _OUTCOMES[judgement.answer],
        measured=_percent(seen.k / seen.n),
        limit=_percent(wanted.share),
        unit="%",
        evidence=(*_counted(seen, wanted), *_why(result, judgement, quiet), *_described(result)),
    )


def _reading(address: Address) -> Reading | None:
    """None, and so nothing known, where the process cannot be seen."""
    return None if address.pid is None else Reading.now(address.pid)


def _request(target: str, address: Address, row: Row) -> bytes:
    host = f"{address.host}:{address.port}"
    asked = f"{target}?{row.query()}"
    if len(asked) <= LONGEST_ADDRESS:
        return request("GET", asked, host)
    return request("POST", target, host, row.body(), JSON)


def _is_answer(response: Response) -> bool:
    return response.status == 200 and response.body.startswith(b'{"resultado":[[')


def _counted(seen: Count, wanted: ServiceSettings) -> Iterator[Message]:
    yield Message(
        N_(
            "{k} of {n} requests were answered rightly in under {limit} ms: surely {low} to {high} % of all, and "
            "{share} % are wanted"
        ),
        {
            "k": seen.k,
            "n": seen.n,
            "limit": wanted.limit_ms,
            "low": _percent(seen.low),
            "high": _percent(seen.high),
            "share": _percent(wanted.share),
        },
    )


def _why(result: Result, judgement: Judgement, quiet: Noise) -> Iterator[Message]:
    """What a verdict that is not good comes from."""
    seen = judgement.count
    if result.failures:
        failures = ", ".join(f"{what} × {times}" for what, times in result.failures.most_common(5))
        yield Message(N_("without a right answer: {failures}"), {"failures": failures})
    if judgement.doubt:
        params = {
            "waited": round(quiet.waited, 2),
            "others": _percent(quiet.others),
            "stolen": _percent(quiet.stolen),
        }
        yield Message(_DOUBTS[judgement.doubt], params)
    elif judgement.answer is Answer.INCONCLUSIVE:
        more = needed(seen.k, seen.n, seen.share)
        text = N_("too close to tell: about {requests} requests would decide (`requests` in [service])")
        close = N_("too close to tell, however many requests are sent")
        yield Message(text if more else close, {"requests": more} if more else {})
    if judgement.answer is not Answer.MET and result.steps:
        yield _culprit(result)


def _culprit(result: Result) -> Message:
    """Where the time goes: in one of the steps that the service itself tells, or in none of them."""
    step, longest = max(result.steps.items(), key=lambda item: item[1])
    mean = 1000 * sum(shot.latency for shot in result.shots) / len(result.shots)
    params = {"step": step, "ms": round(longest, 2), "mean": round(mean, 2)}
    if longest >= mean / 2:
        return Message(N_("most of it passes in the step `{step}`: {ms} ms of {mean} ms on average"), params)
    return Message(
        N_(
            "of {mean} ms on average, the longest step that the service tells, `{step}`, takes {ms} ms: the rest "
            "passes before or between the steps, where code holds up the process or requests wait"
        ),
        params,
    )


def _described(result: Result) -> Iterator[Message]:
    """What is always reported."""
    yield Message(
        N_(
            "p50 {p50} ms, p95 {p95} ms, p99 {p99} ms, longest {longest} ms at {rate} requests/s (client late by "
            "{late} ms at p95)"
        ),
        {
            "p50": _ms(result.latency(0.5)),
            "p95": _ms(result.latency(0.95)),
            "p99": _ms(result.latency(0.99)),
            "longest": _ms(result.latency(1)),
            "rate": round(len(result.shots) / result.seconds, 1),
            "late": _ms(result.lateness(0.95)),
        },
    )
    if result.steps:
        steps = ", ".join(f"{step} {duration:.3f}" for step, duration in result.steps.items())
        yield Message(N_("steps told by the service, mean ms: {steps}"), {"steps": steps})


def _percent(share: float) -> float:
    return round(100 * share, 2)


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)
