import os
import time
from pathlib import Path

import pytest

from relevo.tools.measure.quiet import Noise, Reading, noise


def reading(wall: float, busy: float = 0, own: float = 0, stolen: float = 0, waited: float = 0) -> Reading:
    return Reading(wall=wall, cores=2, busy=busy, own=own, stolen=stolen, waited=waited)


@pytest.mark.parametrize(
    ("after", "explains"),
    [
        (reading(10), False),  # nothing happened
        (reading(10, busy=10, own=10, waited=5), False),  # all of it our own and the server's doing
        (reading(10, busy=16, own=10, waited=5), True),  # others took 6 of 20 processor seconds, and it had to wait
        (reading(10, busy=16, own=10, waited=0.9), False),  # others took them, and it hardly had to wait
        (reading(10, busy=13, own=10, waited=5), False),  # little work of others
        (reading(10, stolen=2), True),  # the hypervisor took a tenth of the machine
        (reading(10, stolen=0.5), False),
    ],
)
def test_two_late_seconds_are_explained_only_by_waiting_for_others(after, explains):
    assert noise(reading(0), after).explains(overdue=2) is explains


def test_what_is_not_known_excuses_nothing():
    assert noise(None, reading(1)) == noise(reading(0), None) == Noise()
    assert not Noise().explains(0.1)


def test_a_system_without_these_counters_gives_none(tmp_path: Path):
    assert Reading.now(1, proc=tmp_path) is None


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="needs Linux")
def test_work_of_this_process_is_its_own():
    before = Reading.now(group=os.getpgid(0))
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
    after = Reading.now(group=os.getpgid(0))
    assert before and after
    assert after.own - before.own >= 0.08
