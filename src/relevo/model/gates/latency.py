"""One text is answered in time: no single call above 4 s, and 95 % within `[model] p95_ms`.

Both limits are on wall time. Where the wall says no and the processor's own time says yes, the machine was busy with
something else: inconclusive.
"""

from math import ceil
from time import perf_counter, thread_time
from typing import ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Outcome, Verdict
from relevo.model.gates.asking import AskingGate, spread
from relevo.model.rows import Record
from relevo.model.train import rows_of
from relevo_runtime.model import Model

LONGEST_MS = 4000.0
#: Texts asked for: spread over the held-out ones, and the longest of all.
SPREAD, LONG = 300, 20


class Latency(AskingGate):
    name: ClassVar[str] = "latency"

    def ask(self, draft: Draft, model: Model) -> Verdict:
        rows = rows_of(draft.inputs["data"])
        heldout = rows.heldout(draft.facts["holdout"]).records or rows.records
        longest = sorted(rows.records, key=_length, reverse=True)[:LONG]
        calls = [_call(model, record) for record in (*spread(heldout, SPREAD), *longest)]
        limit = draft.settings.model.p95_ms
        walls, cpus = [wall for wall, _, _ in calls], [cpu for _, cpu, _ in calls]
        if p95(walls) <= limit and max(walls) <= LONGEST_MS:
            outcome = Outcome.PASSED
        elif p95(cpus) <= limit and max(cpus) <= LONGEST_MS:
            outcome = Outcome.INCONCLUSIVE
        else:
            outcome = Outcome.FAILED
        slowest, _, record = max(calls, key=lambda call: call[0])
        text = N_("slowest of {calls} calls: {ms} ms for a text of {characters} characters (limit {limit} ms)")
        facts = {"calls": len(calls), "ms": round(slowest, 2), "characters": _length(record), "limit": LONGEST_MS}
        return Verdict(self.name, outcome, p95(walls), limit, "ms", (Message(text, facts),))


def p95(values: list[float]) -> float:
    """The smallest of `values` that 95 % of them do not exceed."""
    return sorted(values)[ceil(0.95 * len(values)) - 1]


def _length(record: Record) -> int:
    return len(str(record["text"]))


def _call(model: Model, record: Record) -> tuple[float, float, Record]:
    """Wall and processor time of one answer, in milliseconds."""
    wall, cpu = perf_counter(), thread_time()
    model.score(record)
    return (perf_counter() - wall) * 1e3, (thread_time() - cpu) * 1e3, record
