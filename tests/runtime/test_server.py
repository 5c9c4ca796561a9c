import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from relevo_runtime import boolean, category, date, number
from relevo_runtime.settings import Settings

PATH = "/api/v1/modelos/quejas"
VERSION = {"servicio": "1.0.0", "modelo": "1.1.0", "datos": "1.2.0"}
THREE = [["b", 0.75], ["a", 0.125], ["c", 0.125]]
NINE = [["b", 0.9], ["a", 0.05], ["c", 0.05]]

Make = Callable[..., Any]


def body(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("method", "target", "content"),
    [
        ("GET", PATH + "?texto=abc", b""),
        ("GET", PATH, b'{"texto":"abc"}'),
        ("POST", PATH, b'{"texto":"abc"}'),
        ("POST", PATH + "?texto=abc", b""),
        ("POST", PATH + "?texto=abc", b"{}"),
    ],
)
def test_one_text_gets_its_groups_in_order_and_the_versions(
    service: Make, method: str, target: str, content: bytes
) -> None:
    reply = service()(method, target, content)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json() == {"resultado": [["b", 0.75], ["a", 0.125], ["c", 0.125]], "version": VERSION}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_many_texts_get_an_answer_each_in_their_order(service: Make, method: str) -> None:
    rows = [{"texto": "abc"}, {"texto": "abcdefghi"}] * 40
    reply = service()(method, PATH, body(rows))
    results = reply.json()["resultados"]
    assert [result[0] for result in results] == [["b", 0.75], ["b", 0.9]] * 40
    assert all(sum(score for _, score in result) == pytest.approx(1) for result in results)
    assert reply.json()["version"] == VERSION


def test_a_field_in_the_address_holds_for_every_row_of_the_body(service: Make) -> None:
    ask = service(category("canal"))
    target = PATH + "?canal=web"
    assert ask("POST", target, body([{"texto": "a"}, {"texto": "b"}])).status == 200
    twice = ask("POST", target, body([{"texto": "a"}, {"texto": "b", "canal": "tel"}])).json()
    assert twice["errors"] == [
        {"code": "repeated-field", "detail": "The field `canal` is given more than once.", "pointer": "#/1/canal"}
    ]


@pytest.mark.parametrize(
    "query",
    [
        "texto=ca%C3%B1a&canal=web&importe=-1.5e3&urgente=true&dia=2027-01-31",
        "texto=a+b&canal=&importe=&urgente=&dia=",
        "texto=%F0%9F%92%B3&canal=a%26b&importe=3&urgente=false&dia=2024-02-29&",
    ],
)
def test_values_in_the_address_are_read_by_their_types(service: Make, query: str) -> None:
    fields = (category("canal"), number("importe"), boolean("urgente"), date("dia"))
    ask = service(*fields, nullable=["canal", "importe", "urgente", "dia"])
    assert ask("GET", f"{PATH}?{query}").status == 200


def test_letters_may_come_unescaped(service: Make) -> None:
    assert service()("GET", f"{PATH}?texto=añ".encode()).json()["resultado"][0] == ["b", pytest.approx(2 / 3)]


def test_the_models_are_listed_with_their_groups_and_fields(service: Make) -> None:
    listed = service(category("canal"))("GET", "/api/v1/modelos").json()
    assert listed == {
        "modelos": [
            {
                "nombre": "quejas",
                "ruta": PATH,
                "grupos": ["a", "b", "c"],
                "campos": [{"nombre": "texto", "tipo": "text"}, {"nombre": "canal", "tipo": "category"}],
                "version": VERSION,
            }
        ]
    }


def test_the_major_of_the_service_is_in_its_path(service_folder: Make, run: Make) -> None:
    running = run(folder=service_folder(service="2.3.4"))
    response, content = running.ask("GET", "/api/v2/modelos/quejas?texto=tarjeta")
    assert (response.status, json.loads(content)["version"]["servicio"]) == (200, "2.3.4")
    response, content = running.ask("GET", PATH + "?texto=tarjeta")
    problem = json.loads(content)
    assert (response.status, problem["code"]) == (404, "other-version")
    assert problem["detail"] == "This is version 2 of the service: /api/v2/modelos/quejas"


def test_head_is_get_without_the_body(service: Make) -> None:
    reply = service()("HEAD", PATH + "?texto=abc")
    assert (reply.status, reply.body) == (200, b"")
    assert int(reply.headers["content-length"]) > 50


def test_every_answer_says_what_it_took(service: Make) -> None:
    timing = service()("GET", PATH + "?texto=abc").headers["server-timing"]
    parts = dict(part.split(";dur=") for part in timing.split(", "))
    assert list(parts) == ["queue", "parse", "model", "encode"]
    assert all(0 <= float(milliseconds) < 1_000 for milliseconds in parts.values())


def test_old_services_say_since_when_and_until_when(service: Make) -> None:
    ask = service(deprecated="2026-12-01", sunset="2027-06-30")
    for reply in (ask("GET", PATH + "?texto=abc"), ask("GET", PATH), ask("GET", "/api/v1/modelos")):
        assert reply.headers["deprecation"] == "@1796083200"
        assert reply.headers["sunset"] == "Wed, 30 Jun 2027 00:00:00 GMT"
    assert "deprecation" not in ask("GET", "/health/live").headers
    assert "deprecation" not in service()("GET", PATH + "?texto=abc").headers


@pytest.mark.parametrize(("given", "kept"), [("abc-1.2_3", True), ("no funciona mi tarjeta", False), ("x" * 65, False)])
def test_the_callers_request_id_is_kept_when_it_is_a_plain_identifier(service: Make, given: str, kept: bool) -> None:
    ask = service()
    its = ask("GET", PATH + "?texto=abc", headers={"X-Request-Id": given}).headers["x-request-id"]
    assert (its == given) is kept
    assert ask.log()[-1]["request_id"] == its


def test_a_log_line_has_the_ids_of_the_trace_and_no_text(service: Make) -> None:
    ask = service()
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    ask("GET", PATH + "?texto=secreto", headers={"traceparent": f"00-{trace}-{parent}-01"})
    (line,) = ask.log()
    assert {key: line[key] for key in ("event", "method", "route", "status", "rows", "trace_id", "parent_id")} == {
        "event": "request",
        "method": "GET",
        "route": PATH,
        "status": 200,
        "rows": 1,
        "trace_id": trace,
        "parent_id": parent,
    }


SECRET = "s3cr3t0"


@pytest.mark.parametrize(
    ("method", "target", "content", "headers"),
    [
        ("GET", f"{PATH}?texto={SECRET}", b"", {}),
        ("GET", f"{PATH}?{SECRET}=1", b"", {}),
        ("GET", f"{PATH}/{SECRET}", b"", {}),
        ("GET", f"/{SECRET}", b"", {}),
        (SECRET, PATH, b"", {}),
        ("POST", PATH, body([{"texto": SECRET}]), {}),
        ("POST", PATH, body({SECRET: SECRET}), {}),
        ("POST", PATH, body([SECRET]), {}),
        ("POST", PATH, b'{"texto": "' + SECRET.encode(), {}),
        ("POST", PATH, b'{"texto": "\xff' + SECRET.encode() + b'"}', {}),
        ("POST", PATH, body({"texto": [SECRET]}), {}),
        ("POST", PATH, body({"texto": SECRET * 2_000}), {}),
        ("POST", PATH, b"x", {"content-type": SECRET}),
        ("GET", PATH, b"", {"accept-language": SECRET, "x-request-id": SECRET + " ", "traceparent": SECRET}),
    ],
)
def test_what_a_caller_wrote_is_neither_logged_nor_repeated(
    service: Make, method: str, target: str, content: bytes, headers: dict[str, str]
) -> None:
    ask = service(settings=Settings(log_level="debug"))
    reply = ask(method, target, content, headers)
    assert SECRET not in str(reply)
    assert SECRET not in str(ask.log())
    assert SECRET.encode() not in ask("GET", "/metrics").body


def test_a_defect_is_a_problem_and_a_log_line_without_the_text(service: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = service()

    def broken(record: dict[str, object]) -> list[tuple[str, float]]:
        raise KeyError(record["text"])

    monkeypatch.setattr(ask.model, "score", broken)
    reply = ask("GET", f"{PATH}?texto={SECRET}")
    defect, request = ask.log()
    assert (reply.status, reply.json()["code"]) == (500, "internal")
    assert reply.json()["request_id"] == defect["request_id"] == request["request_id"]
    assert (defect["event"], defect["error"]) == ("defect", "KeyError")
    assert "test_server.py" in defect["at"][-1]
    assert SECRET not in str((reply, defect, request))


def test_health_is_logged_only_for_whoever_debugs(service: Make) -> None:
    for level, lines in (("info", 0), ("debug", 2)):
        ask = service(settings=Settings(log_level=level))
        assert ask("GET", "/health/live").json() == {"status": "live"}
        assert ask("GET", "/health/ready").json() == {"status": "ready"}
        assert len(ask.log()) == lines


def test_while_draining_it_is_alive_not_ready_and_still_answers(service: Make) -> None:
    ask = service()
    ask.server.ready = False
    assert ask("GET", "/health/live").status == 200
    ready = ask("GET", "/health/ready")
    assert (ready.status, ready.json()["code"]) == (503, "draining")
    answer = ask("GET", PATH + "?texto=abc")
    assert (answer.status, answer.headers["connection"]) == (200, "close")


def test_more_requests_than_may_wait_are_turned_away_but_health_is_answered(service: Make) -> None:
    ask = service(settings=Settings(max_waiting=2))
    for waiting, status in ((2, 200), (3, 503)):
        ask.server.waiting = lambda waiting=waiting: waiting
        reply = ask("GET", PATH + "?texto=abc")
        assert reply.status == status
    assert (reply.json()["code"], reply.headers["retry-after"]) == ("busy", "1")
    assert ask("GET", "/health/ready").status == 200


def test_a_long_list_lets_others_through_between_its_steps(service: Make) -> None:
    ask = service()
    rows = body([{"texto": "x" * 500}] * 200)  # 25 steps to look at them, 25 to classify them
    finished: list[str] = []

    async def one(name: str, target: str, content: bytes) -> None:
        assert (await ask.asked("GET", target, content)).status == 200
        finished.append(name)

    async def story() -> None:
        await asyncio.gather(
            one("list", PATH, rows), one("text", PATH + "?texto=a", b""), one("live", "/health/live", b"")
        )

    asyncio.run(story())
    assert finished == ["text", "live", "list"]


def test_a_list_with_one_wrong_row_is_not_classified_at_all(service: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = service()
    monkeypatch.setattr(ask.model, "score_many", lambda rows: pytest.fail("classified"))
    reply = ask("POST", PATH, body([{"texto": "a"}] * 500 + [{"texto": ""}]))
    assert (reply.status, reply.json()["errors"][0]["pointer"]) == (422, "#/500/texto")


def test_a_caller_who_hangs_up_gets_nothing_and_is_counted(service: Make) -> None:
    ask = service()
    with pytest.raises(ValueError, match="unpack"):  # nothing was sent back
        ask("POST", PATH, chunks=[])
    assert ask.log()[-1]["status"] == 499
