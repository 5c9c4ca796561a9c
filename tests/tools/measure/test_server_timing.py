import pytest

from relevo.tools.measure.server_timing import parse


@pytest.mark.parametrize(
    ("header", "steps"),
    [
        ("", {}),
        ("model;dur=1.25", {"model": 1.25}),
        ("queue;dur=0.1, parse;dur=0.05,model;dur=1", {"queue": 0.1, "parse": 0.05, "model": 1.0}),
        ('cache;desc="hit, from disk";dur=2', {'from disk"': 2.0}),
        ('db;dur="3";desc=x', {"db": 3.0}),
        ("miss, model;dur=fast, ok;DUR=1", {"ok": 1.0}),
    ],
)
def test_reads_durations_and_never_fails(header, steps):
    assert parse(header) == steps
