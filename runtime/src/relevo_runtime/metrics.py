"""What is counted, in the Prometheus text format (version 0.0.4)."""

import os
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from pathlib import Path

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: Upper edges in seconds: those of OpenTelemetry's http.server.request.duration, and 0.15, the requirement's own, so
#: that the share of the requests under 150 ms is read exactly, not interpolated.
EDGES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)


class Histogram:
    """Observations in seconds; one instance a set of labels."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(EDGES) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(EDGES, seconds)] += 1
        self.total += seconds

    def lines(self, name: str, labels: str = "") -> Iterator[str]:
        so_far = 0
        for edge, count in zip((*map(str, EDGES), "+Inf"), self.counts, strict=True):
            so_far += count
            yield f'{name}_bucket{{{labels}{"," if labels else ""}le="{edge}"}} {so_far}'
        braces = f"{{{labels}}}" if labels else ""
        yield f"{name}_sum{braces} {self.total!r}"
        yield f"{name}_count{braces} {so_far}"


class Metrics:
    """Everything that one process counts. `build` are the labels of relevo_build_info: part → version."""

    def __init__(self, build: Mapping[str, str]) -> None:
        self._build = build
        self._started = time.time()
        self._durations: dict[tuple[str, str, int], Histogram] = {}
        self.model = Histogram()
        self.queue = Histogram()
        self.rows = 0
        self.problems: dict[str, int] = {}

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request answered. `route` is one of ours or `other`, so that callers cannot make new labels."""
        key = (route, method, status)
        histogram = self._durations.get(key)
        if histogram is None:
            histogram = self._durations[key] = Histogram()
        histogram.observe(seconds)

    def problem(self, code: str) -> None:
        self.problems[code] = self.problems.get(code, 0) + 1

    def text(self, waiting: int, ready: bool, log_lines_dropped: int) -> bytes:
        """The exposition of this moment."""
        lines = [
            *_head("relevo_build_info", "gauge", "The versions that answer here."),
            "relevo_build_info{" + ",".join(f'{part}="{_escape(its)}"' for part, its in self._build.items()) + "} 1",
            *_head("http_server_request_duration_seconds", "histogram", "From a request's head to its answer's end."),
        ]
        for (route, method, status), histogram in self._durations.items():
            labels = (
                f'http_route="{_escape(route)}",http_request_method="{method}",http_response_status_code="{status}"'
            )
            lines += histogram.lines("http_server_request_duration_seconds", labels)
        lines += _head("relevo_model_seconds", "histogram", "The model's part of a request.")
        lines += self.model.lines("relevo_model_seconds")
        lines += _head("relevo_queue_seconds", "histogram", "From a request's head until work on it began.")
        lines += self.queue.lines("relevo_queue_seconds")
        lines += _head("relevo_problems_total", "counter", "Requests that got a problem, by its code.")
        lines += [f'relevo_problems_total{{code="{code}"}} {count}' for code, count in self.problems.items()]
        for name, kind, words, value in (
            ("relevo_rows_total", "counter", "Rows classified.", self.rows),
            ("relevo_requests_in_progress", "gauge", "Requests that have no whole answer yet.", waiting),
            ("relevo_ready", "gauge", "Whether ready says yes.", int(ready)),
            ("relevo_log_lines_dropped_total", "counter", "Log lines nobody took.", log_lines_dropped),
            ("process_start_time_seconds", "gauge", "When this process began, in Unix time.", self._started),
            ("process_cpu_seconds_total", "counter", "CPU time used, in seconds.", time.process_time()),
            ("process_resident_memory_bytes", "gauge", "Resident memory.", _resident()),
        ):
            lines += [*_head(name, kind, words), f"{name} {value!r}"]
        return ("\n".join(lines) + "\n").encode()


def _head(name: str, kind: str, words: str) -> tuple[str, str]:
    return f"# HELP {name} {words}", f"# TYPE {name} {kind}"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
