"""Was the machine quiet while something was measured? Evidence from the kernel: who used the processors, who waited.

A slow service does not fill the machine with *other* work, so only the work of others counts: that of neither the
measuring process nor the process group that is measured. And others are to blame only for as long as the measured
processes were ready to run and had to wait. Linux only; elsewhere nothing is known and nothing excused.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

#: Below these parts of all processors, what others took or the hypervisor stole is the usual background.
OTHERS, STOLEN = 0.25, 0.05
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Noise:
    """What happened between two readings: `others` and `stolen` are shares of all processors' time, `waited` the
    seconds during which the measured processes were ready to run and did not (with what the hypervisor stole)."""

    others: float = 0.0
    stolen: float = 0.0
    waited: float = 0.0

    def explains(self, overdue: float) -> bool:
        """Whether `overdue` seconds of late answers may be the doing of others: they were busy beyond the usual, and
        the measured processes waited for at least half of that time."""
        return (self.others > OTHERS or self.stolen > STOLEN) and self.waited >= overdue / 2


@dataclass(frozen=True, slots=True)
class Reading:
    """The kernel's counters at one moment, in seconds; `own` is the time used by this process and the measured group,
    `waited` the group's time ready and not running."""

    wall: float
    cores: int
    busy: float
    own: float
    stolen: float
    waited: float

    @classmethod
    def now(cls, group: int, proc: Path = Path("/proc")) -> "Reading | None":
        """Read the counters; `group` is the process group that is measured. None where the kernel has none."""
        try:
            fields = (proc / "stat").read_text().split("\n", 1)[0].split()[1:]
            user, nice, system, _, _, irq, softirq, steal = (int(field) / _TICKS for field in fields[:8])
        except (OSError, ValueError):
            return None
        members = [entry for entry in proc.iterdir() if entry.name.isdecimal() and _group(entry) == group]
        return cls(
            wall=time.monotonic(),
            cores=os.cpu_count() or 1,
            busy=user + nice + system + irq + softirq,
            own=sum(map(_cpu, members)) + _cpu(proc / "self"),
            stolen=steal,
            waited=sum(map(_waited, members)),
        )


def noise(before: Reading | None, after: Reading | None) -> Noise:
    """What happened between two readings; all zero where nothing is known."""
    if not (before and after) or after.wall <= before.wall:
        return Noise()
    capacity = (after.wall - before.wall) * after.cores
    others = (after.busy - before.busy) - (after.own - before.own)
    stolen = after.stolen - before.stolen
    return Noise(
        others=max(others, 0.0) / capacity, stolen=stolen / capacity, waited=after.waited - before.waited + stolen
    )


def _stat(entry: Path) -> list[str]:
    """The fields of a process after its name; none when it ended meanwhile."""
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _group(entry: Path) -> int:
    fields = _stat(entry)
    return int(fields[2]) if fields else 0


def _cpu(entry: Path) -> float:
    """Seconds on a processor."""
    fields = _stat(entry)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def _waited(entry: Path) -> float:
    """Seconds ready to run and not running, of the process's first thread."""
    try:
        return int((entry / "schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
