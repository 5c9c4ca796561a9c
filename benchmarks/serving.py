"""relevo's runtime against FastAPI + scikit-learn, serving the same model: requests/s, memory, start to first answer.

    python benchmarks/serving.py [--data CSV] [--seconds 5] [--rounds 3] [--real-time] [--json]

The other side is what FastAPI's documentation shows: a `def` endpoint, a pydantic model, uvicorn with uvloop and
httptools, and a scikit-learn pipeline from a joblib file: the same features, the same linear model, trained on the same
rows (how often both name the same group is printed). Each server has one core to itself and its log on; the load comes
from another core, 32 connections that send the next text as soon as the last is answered. Rounds alternate, the figure
is the median. Ratios travel between machines; the absolute numbers do not.

On a machine that has other work, requests/s say mostly who got the core: FastAPI's forty threads get more of it than
our one. `--real-time` (root) schedules servers and client before everything else, so that each really has its core;
requests a second of CPU hardly depend on it.
"""

import argparse
import asyncio
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import duckdb
import joblib
import uvloop
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.svm import LinearSVC

from relevo.core.artifact import Artifact
from relevo.core.settings import ModelSettings
from relevo.core.version import FIRST
from relevo.model.export import export
from relevo.model.train import train
from relevo_runtime.model import load as load_model

ROOT = Path(__file__).parents[1]
CONNECTIONS = 32
PATH = "/api/v1/modelos/clases"

APP = """
from relevo_runtime import Service, text

service = Service("clases", supports_model=1, fields=[text("texto")])
"""

FASTAPI = """
from pathlib import Path

import joblib
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
model = joblib.load(Path(__file__).with_name("model.joblib"))


class Question(BaseModel):
    texto: str


class Answer(BaseModel):
    resultado: list[tuple[str, float]]


@app.post("/api/v1/modelos/clases")
def classify(question: Question) -> Answer:
    probabilities = model.predict_proba([question.texto])[0]
    scores = sorted(zip(model.classes_.tolist(), probabilities.tolist()), key=lambda pair: -pair[1])
    return Answer(resultado=scores)
"""


class Measured(NamedTuple):
    """One server: answers a second, and a second of its CPU; megabytes; seconds to the first answer; and how much of
    its core the client used."""

    rate: float
    cpu_rate: float
    memory: float
    start: float
    client: float


class Client(asyncio.Protocol):
    """One connection that always has one request on its way, until `ends`."""

    def __init__(self, requests: list[bytes], ends: float, over: asyncio.Future[int]) -> None:
        self.requests, self.ends, self.over = requests, ends, over
        self.buffer, self.answered = b"", 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.transport.write(self.requests[0])

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self.buffer.lower().index(b"content-length: ") + 16
        whole = head + 4 + int(self.buffer[at : self.buffer.index(b"\r", at)])
        if len(self.buffer) < whole:
            return
        if not self.buffer.startswith(b"HTTP/1.1 200"):
            self.over.set_exception(RuntimeError(self.buffer.decode()))
            return
        self.buffer = b""
        self.answered += 1
        if time.perf_counter() < self.ends:
            self.transport.write(self.requests[self.answered % len(self.requests)])
        else:
            self.transport.close()
            self.over.set_result(self.answered)


async def load(port: int, bodies: list[bytes], seconds: float) -> tuple[int, float, float]:
    """How many answers, in how many seconds, and the share of its core that the client used."""
    head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {{}}\r\n\r\n"
    requests = [head.format(len(body)).encode() + body for body in bodies]
    loop = asyncio.get_running_loop()
    began, cpu = time.perf_counter(), time.process_time()
    overs = []
    for number in range(CONNECTIONS):
        over: asyncio.Future[int] = loop.create_future()
        its = requests[number * 7 :] + requests[: number * 7]
        await loop.create_connection(lambda i=its, o=over: Client(i, began + seconds, o), "127.0.0.1", port)
        overs.append(over)
    answered = sum(await asyncio.gather(*overs))
    took = time.perf_counter() - began
    return answered, took, (time.process_time() - cpu) / took


@contextmanager
def server(command: list[str], folder: Path, port: int, body: bytes, core: int) -> Iterator[tuple[int, float]]:
    """A running server: its process id, and the seconds from its start to its first answer."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.sched_setaffinity(process.pid, {core})
    try:
        while True:
            if process.poll() is not None or time.perf_counter() - began > 120:
                raise SystemExit(f"{command[0]} does not answer (exit code {process.returncode})")
            try:
                connection = HTTPConnection("127.0.0.1", port, timeout=30)
                connection.request("POST", PATH, body, {"Content-Type": "application/json"})
                assert connection.getresponse().status == 200
                connection.close()
                break
            except ConnectionError:
                time.sleep(0.005)
        yield process.pid, time.perf_counter() - began
    finally:
        process.kill()
        process.wait()


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used: fields 14 and 15 of proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Resident megabytes of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def build(data: Path, folder: Path) -> tuple[list[str], float]:
    """Trains and writes both servers; texts to send, and the share of them that both put into the same group."""
    with data.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts, groups = [row["texto"] for row in rows], [row["grupo"] for row in rows]

    (folder / "rows").mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT unnest(?) AS text, unnest(?) AS label, 9999 AS rank) "
            f"TO '{folder / 'rows' / 'rows.parquet'}' (FORMAT parquet)",
            [texts, groups],
        )
    facts = {"variables": {}}
    artifact = Artifact("", "data", FIRST, "", "", {}, {}, {}, facts, (), (), "", "", folder=folder / "rows")
    (folder / "ours" / "model").mkdir(parents=True)
    (folder / "ours" / "app.py").write_text(APP)
    export(train(artifact, ModelSettings(), lambda _: None), folder / "ours" / "model")

    features = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+")),
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5))),
        ]
    )
    classifier = CalibratedClassifierCV(LinearSVC(C=ModelSettings().c), method="temperature", ensemble=False, cv=3)
    pipeline = make_pipeline(features, classifier).fit(texts, groups)
    (folder / "theirs").mkdir()
    (folder / "theirs" / "main.py").write_text(FASTAPI)
    joblib.dump(pipeline, folder / "theirs" / "model.joblib")

    sample = texts[:1000]
    model = load_model(folder / "ours" / "model")
    pairs = zip(sample, pipeline.predict(sample), strict=True)
    return sample, sum(model.score({"text": text})[0][0] == theirs for text, theirs in pairs) / len(sample)


def measure(folder: Path, bodies: list[bytes], seconds: float, rounds: int) -> tuple[Measured, Measured]:
    """Ours and theirs, medians over the rounds."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    commands = {
        "ours": ["relevo_runtime", "serve", ".", "--port", "18475"],
        "theirs": ["uvicorn", "main:app", "--port", "18475"],
    }
    found: dict[str, list[Measured]] = {"ours": [], "theirs": []}
    for _ in range(rounds):
        for name, command in commands.items():
            with server(command, folder / name, 18475, bodies[0], cores[0]) as (pid, start):
                uvloop.run(load(18475, bodies, 1.0))
                before = cpu_seconds(pid)
                answered, took, client = uvloop.run(load(18475, bodies, seconds))
                used = cpu_seconds(pid) - before
                found[name].append(Measured(answered / took, answered / used, resident(pid), start, client))
    ours, theirs = (Measured(*map(median, zip(*each, strict=True))) for each in found.values())
    return ours, theirs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT / "examples/recordatorios/data/recordatorios.csv")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--real-time", action="store_true")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        texts, same = build(chosen.data, Path(name))
        bodies = [json.dumps({"texto": text}).encode() for text in texts]
        if chosen.real_time:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        ours, theirs = measure(Path(name), bodies, chosen.seconds, chosen.rounds)
    rows = [
        ("requests/s at 32 connections", ours.rate, theirs.rate, ours.rate / theirs.rate, ">=", 8.0),
        ("requests a second of CPU", ours.cpu_rate, theirs.cpu_rate, ours.cpu_rate / theirs.cpu_rate, ">=", 8.0),
        ("memory, MB", ours.memory, theirs.memory, ours.memory / theirs.memory, "<=", 0.5),
        ("start to first answer, s", ours.start, theirs.start, ours.start / theirs.start, "<=", 0.25),
    ]
    passed = [ratio >= limit if sense == ">=" else ratio <= limit for *_, ratio, sense, limit in rows]
    if chosen.json:
        keys = ("what", "ours", "theirs", "ratio", "sense", "limit", "passed")
        figures = [dict(zip(keys, (*row, ok), strict=True)) for row, ok in zip(rows, passed, strict=True)]
        more = {"client_core_used": [ours.client, theirs.client], "same_group": same}
        print(json.dumps({"figures": figures, **more}, indent=2))
    else:
        print(f"{'':30}{'relevo':>10}{'FastAPI':>10}{'ratio':>9}  limit")
        for (what, our, their, ratio, sense, limit), ok in zip(rows, passed, strict=True):
            print(f"{what:30}{our:10.2f}{their:10.2f}{ratio:9.3f}  {sense} {limit}  {'pass' if ok else 'MISS'}")
        print(f"both name the same group for {same:.1%} of the texts")
        print(f"the client used {ours.client:.0%} and {theirs.client:.0%} of its core")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
