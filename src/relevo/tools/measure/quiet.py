"""Was the machine quiet while something was measured? Evidence from the kernel: who used the CPU, and who waited.

A slow service does not make the machine busy with *other* work, so only the work of others counts: that of neither the
measuring process nor the process group that is measured. Linux only; elsewhere nothing is known and nothing excused.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

#: Above this part of all cores taken by others while tasks also waited for a CPU, or stolen by the hypervisor, a miss
#: does not count against what was measured.
OTHERS, PRESSURE, STOLEN = 0.25, 0.10, 0.05

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Noise:
    """Shares of the time between two readings: of all cores used by `others` and `stolen` by the hypervisor; of the
    wall clock during which some task waited for a CPU (`pressure`, PSI)."""

    others: float = 0.0
    stolen: float = 0.0
    pressure: float = 0.0

    @property
    def loud(self) -> bool:
        return self.stolen > STOLEN or (self.others > OTHERS and self.pressure > PRESSURE)


@dataclass(frozen=True, slots=True)
class Reading:
    """The kernel's counters at one moment, in seconds since boot; `own` is this process and the measured group."""

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
            pressure = proc / "pressure/cpu"
            waited = float(pressure.read_text().split("total=")[1].split()[0]) / 1e6 if pressure.exists() else 0.0
        except (OSError, ValueError, IndexError):
            return None
        own = sum(_cpu(entry, group) for entry in proc.iterdir() if entry.name.isdecimal())
        return cls(
            wall=time.monotonic(),
            cores=os.cpu_count() or 1,
            busy=user + nice + system + irq + softirq,
            own=own,
            stolen=steal,
            waited=waited,
        )


def noise(before: Reading | None, after: Reading | None) -> Noise:
    """What happened between two readings; all zero where nothing is known."""
    if not (before and after) or after.wall <= before.wall:
        return Noise()
    wall = after.wall - before.wall
    capacity = wall * after.cores
    others = (after.busy - before.busy) - (after.own - before.own)
    return Noise(
        others=max(others, 0.0) / capacity,
        stolen=(after.stolen - before.stolen) / capacity,
        pressure=(after.waited - before.waited) / wall,
    )


def _cpu(entry: Path, group: int) -> float:
    """CPU seconds of one process when it is this one or in `group`, else 0."""
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return 0.0
    if entry.name != str(os.getpid()) and fields[2] != str(group):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
