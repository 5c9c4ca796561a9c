"""Plans and verdicts as lines of text."""

from typing import Any

import click
import pytest

from relevo.cli.text import columns, plan_lines, verdict_lines
from relevo.core.message import Message
from relevo.core.plan import Plan, Planned, State
from relevo.core.verdict import Outcome, Verdict
from relevo.core.version import Bump, Version


def plain(lines: Any) -> list[str]:
    return [click.unstyle(line) for line in lines]


def test_a_plan_says_base_next_every_reason_and_every_stop(samples: Any) -> None:
    assert plain(plan_lines(samples.plan)) == [
        "data     1.0.0 → 1.0.1    patch",
        "  · 2 rows have another label",
        "    · “no va el cajero”: tarjeta → cajero",
        "model    1.0.0 → ≥ 1.0.1  patch",
        "  · follows data 1.0.0 → 1.0.1",
        "service  1.0.0            stopped",
        "  ✗ this line has no stage `hora`",
        "    service/app.py:9",
    ]


@pytest.mark.parametrize(
    ("planned", "head"),
    [
        (Planned("data", State.MADE, None, Version(1, 0, 0)), "data  1.0.0  first version"),
        (Planned("data", State.KEPT, Version(1, 2, 3), Version(1, 2, 3)), "data  1.2.3  up to date"),
        (Planned("chart", State.WAITING, None, None), "chart  —  waits for an earlier stage"),
        (
            Planned("data", State.MADE, Version(1, 0, 0), Version(2, 0, 0), Bump.MAJOR),
            "data  1.0.0 → 2.0.0  major",
        ),
    ],
)
def test_the_head_of_a_stage(planned: Planned, head: str) -> None:
    assert plain(plan_lines(Plan({planned.stage: planned}))) == [head]


@pytest.mark.parametrize(
    ("verdict", "lines"),
    [
        (Verdict.of("schema", True), ["✓ schema: passed"]),
        (
            Verdict.of("size", True, measured=3, limit=2, unit="rows", warnings=(Message("small"),)),
            ["✓ size: passed · measured 3 rows, limit 2 rows", "    ! small"],
        ),
        (
            Verdict.of("quality", False, measured=0.41234, limit=0.5, evidence=(Message("look"), Message("there"))),
            ["✗ quality: failed · measured 0.4123, limit 0.5", "    look", "    there"],
        ),
        (
            Verdict("latency", Outcome.INCONCLUSIVE, measured=12.0, unit="ms"),
            ["? latency: inconclusive · measured 12 ms"],
        ),
        (Verdict.of("schema", True, evidence=(Message("all is well"),)), ["✓ schema: passed"]),
    ],
)
def test_a_verdict_shows_its_measure_and_its_evidence_unless_it_passed(verdict: Verdict, lines: list[str]) -> None:
    assert plain(verdict_lines(verdict)) == lines


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert list(columns([("a", "bbb", "c"), ("dddd", "e", "")])) == ["a     bbb  c", "dddd  e"]


def test_the_whole_verdict_has_its_evidence_though_it_passed() -> None:
    verdict = Verdict.of("speed", True, evidence=(Message("p95 3 ms"),))
    assert plain(verdict_lines(verdict, whole=True)) == ["✓ speed: passed", "    p95 3 ms"]
