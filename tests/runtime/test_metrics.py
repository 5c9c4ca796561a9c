import re
from collections.abc import Callable
from typing import Any

import pytest

from relevo_runtime.metrics import EDGES, Histogram, Metrics

LINE = re.compile(r'[a-z_]+(\{[a-z_]+="([^"\\\n]|\\["\\n])*"(,[a-z_]+="([^"\\\n]|\\["\\n])*")*\})? [-+0-9.e]+')


@pytest.mark.parametrize(("seconds", "within"), [(0.149999, 1), (0.15, 1), (0.150001, 0)])
def test_one_edge_is_exactly_the_requirement(seconds: float, within: int) -> None:
    histogram = Histogram()
    histogram.observe(seconds)
    assert f'x_bucket{{le="0.15"}} {within}' in histogram.lines("x")


def test_buckets_count_upwards_to_all() -> None:
    histogram = Histogram()
    for seconds in (0.0, 0.02, 0.02, 60.0):
        histogram.observe(seconds)
    lines = list(histogram.lines("x", 'route="/"'))
    counts = [int(line.split()[-1]) for line in lines if "_bucket" in line]
    assert (len(counts), counts[0], counts[-2:]) == (len(EDGES) + 1, 1, [3, 4])
    assert lines[-2:] == ['x_sum{route="/"} 60.04', 'x_count{route="/"} 4']


def test_the_text_is_what_prometheus_reads() -> None:
    metrics = Metrics({"name": 'the "odd"\\one', "service": "1.0.0"})
    metrics.request("/docs", "GET", 200, 0.01)
    metrics.problem("busy")
    text = metrics.text(waiting=1, ready=True, log_lines_dropped=0).decode()
    assert text.endswith("\n")
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in samples if not LINE.fullmatch(line)] == []
    assert 'relevo_build_info{name="the \\"odd\\"\\\\one",service="1.0.0"} 1' in samples
    families = re.findall(r"^# TYPE (\S+) (counter|gauge|histogram)$", text, re.MULTILINE)
    assert len({name for name, _ in families}) == len(families) == text.count("# HELP ")


def test_what_was_asked_is_counted(service: Callable[..., Any]) -> None:
    ask = service()
    ask("GET", "/api/v1/modelos/quejas?texto=a")
    ask("POST", "/api/v1/modelos/quejas", b'[{"texto":"a"},{"texto":"b"}]')
    ask("GET", "/api/v1/modelos/quejas")
    ask("BREW", "/pots/7")
    lines = ask("GET", "/metrics").body.decode().splitlines()
    route = 'http_route="/api/v1/modelos/quejas",http_request_method'
    count = "http_server_request_duration_seconds_count"
    assert f'{count}{{{route}="GET",http_response_status_code="200"}} 1' in lines
    assert f'{count}{{{route}="POST",http_response_status_code="200"}} 1' in lines
    assert f'{count}{{{route}="GET",http_response_status_code="422"}} 1' in lines
    assert f'{count}{{http_route="other",http_request_method="other",http_response_status_code="404"}} 1' in lines
    assert 'relevo_problems_total{code="missing-field"} 1' in lines
    assert "relevo_rows_total 3" in lines
    assert "relevo_model_seconds_count 2" in lines
    assert 'relevo_build_info{name="quejas",service="1.0.0",model="1.1.0",data="1.2.0"} 1' in lines
