"""relevo's image against a BentoML and an MLflow image of the same model: size over the base, start to first answer.

    RELEVO_BASE=IMAGE python benchmarks/image.py [--rounds 5]

All stand on one base, which podman has already (RELEVO_BASE, or relevo's own default). relevo's image is what
`relevo run` publishes for the example's data. The peers serve the pipeline of serving.py, trained on the same rows, as
their documentation shows for scikit-learn, with one worker and without telemetry:

- BentoML: a class with `@bentoml.service`, which loads the pipeline with joblib; `bentoml serve`.
- MLflow: `mlflow.sklearn.save_model` (cloudpickle; the default, skops, is one package more), then `mlflow models serve
  --env-manager local`. mlflow-skinny has all of that but pandas, and the whole mlflow is twice as large.

Their packages are chosen, laid out and freed of tests, scripts, headers and bytecode by the same code as relevo's.
Their own recipes leave bytecode there, with which an image is larger and starts sooner: each is measured both ways.

Size: gzip level 6 of the layers above the base, in millions of bytes. Start: from `podman run` of a new container until
a text that nobody was trained on is put into the right group, asked every 20 ms; median over the rounds, in which all
take turns. relevo's start is held against whichever peer starts first; sizes are reported. Exit code 1 when a limit is
missed; without podman or the base nothing is measured, which is no failure.
"""

import argparse
import csv
import gzip
import json
import os
import platform
import secrets
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import joblib
import serving

from relevo import Line
from relevo.core.artifact import Ref
from relevo.core.settings import ImageSettings, ModelSettings
from relevo.image.oci.archive import pack
from relevo.image.oci.layout import Layout
from relevo.image.packages import dependencies
from relevo.model.train import rows_of

#: What the peers install; the day fixes the versions of whatever these ask for.
SCIKIT_LEARN = f"scikit-learn=={version('scikit-learn')}"  # the one that trains here, as requirements/dev.txt locks it
BENTOML = ["bentoml==1.4.40", SCIKIT_LEARN]
MLFLOW = ["mlflow-skinny==3.17.2", "pandas==3.1.1", SCIKIT_LEARN]
UPLOADED_BEFORE = "2026-11-20"

#: In MB, in seconds, and as a share of the better peer.
MAXIMUM_SIZE, MAXIMUM_START, MAXIMUM_SHARE = 25.0, 2.0, 0.25
PAUSE, PATIENCE = 0.02, 120.0
DATA = serving.ROOT / "examples/recordatorios/data/recordatorios.csv"
RELEVO = str(Path(sys.executable).with_name("relevo"))

PACKAGES = """
FROM {base} AS packages
LABEL {name}=
COPY packages/ /opt/packages/
ENV PYTHONPATH=/opt/packages PYTHONDONTWRITEBYTECODE=1 DO_NOT_TRACK=true \
    BENTOML_DO_NOT_TRACK=true MLFLOW_DISABLE_TELEMETRY=true
"""
COMPILE = "RUN python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/packages || true"
BENTOML_IMAGE = """
COPY service.py model.joblib /opt/service/
WORKDIR /opt/service
ENTRYPOINT ["python3", "-m", "bentoml", "serve", "service:Classifier", "--host", "0.0.0.0", "--port", "8080"]
"""
BENTOML_SERVICE = """
from pathlib import Path
import bentoml
import joblib

@bentoml.service(workers=1)
class Classifier:
    def __init__(self) -> None:
        self.model = joblib.load(Path(__file__).with_name("model.joblib"))

    @bentoml.api
    def classify(self, texto: str) -> list[tuple[str, float]]:
        probabilities = self.model.predict_proba([texto])[0]
        return sorted(zip(self.model.classes_.tolist(), probabilities.tolist()), key=lambda pair: -pair[1])
"""
#: `models serve` starts uvicorn by its name; the script that the wheel brings names the Python that laid it out.
MLFLOW_IMAGE = f"""
FROM packages AS model
COPY model.joblib /opt/model.joblib
RUN python3 -c "import joblib, mlflow.sklearn as m; m.save_model(joblib.load('/opt/model.joblib'), '/opt/model', \
    serialization_format='cloudpickle', pip_requirements=['{SCIKIT_LEARN}'])"
FROM packages
RUN printf '#!/bin/sh\\nexec python3 -m uvicorn "$@"\\n' > /usr/local/bin/uvicorn && chmod 755 /usr/local/bin/uvicorn
COPY --from=model /opt/model/ /opt/model/
ENTRYPOINT ["python3", "-m", "mlflow", "models", "serve", "--model-uri", "/opt/model", "--env-manager", "local", \
    "--workers", "1", "--host", "0.0.0.0", "--port", "8080"]
"""


class Subject(NamedTuple):
    """An image, where its service answers, what it is sent, and how its answer names the group it puts first."""

    image: str
    path: str
    body: dict[str, Any]
    top: Callable[[Any], str]


def run(*command: str, check: bool = True, **where: Any) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **where)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(command[:2])} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def podman(*arguments: str, check: bool = True) -> str:
    return run("podman", *arguments, check=check)


def missing(base: str) -> str:
    """Why nothing can be measured here; empty when it can."""
    if shutil.which("podman") is None:
        return "podman is not installed"
    done = subprocess.run(["podman", "image", "exists", base], capture_output=True, text=True, check=False)
    words = done.stderr.strip() or f"the base image {base} is not here: fetch it, or name another in RELEVO_BASE"
    return words if done.returncode else ""


@dataclass(frozen=True)
class Bench:
    """Everything that is made stands on `base`, lies in `folder`, and is called or labelled `name`."""

    base: str
    folder: Path
    name: str

    def relevo(self) -> tuple[Line, str]:
        """A line with the example's data, carried to its first image, and the id of that image in podman."""
        root, settings = self.folder / self.name, self.folder / self.name / "relevo.toml"
        options = ("--data", str(DATA), "--text", "texto", "--label", "grupo", "--add", "image")
        run(RELEVO, "init", self.name, *options, cwd=self.folder)
        # The pace of the service on this machine is not what is measured here.
        text = settings.read_text("utf-8").replace("limit_ms = 150", "requests = 100\nlimit_ms = 5000")
        settings.write_text(text, "utf-8")
        for command in (
            "init -q -b main",
            "config user.name b",
            "config user.email b@example.org",
            "add .",
            "commit -qm x",
        ):
            run("git", *command.split(), cwd=root)
        run(RELEVO, "run", cwd=root, env=os.environ | {"RELEVO_BASE": self.base})
        line = Line.open(root)
        layout = Layout(line.show(Ref.parse("image@1.0.0")).folder / "oci")
        pack(layout, self.folder / "image.tar", f"localhost/relevo/{self.name}:1.0.0")
        podman("load", "--quiet", "--input", str(self.folder / "image.tar"))
        return line, layout.image_id

    def train(self, line: Line) -> tuple[str, str]:
        """Trains the pipeline of serving.py on the rows that the line's model was trained on, into the folder `theirs`;
        a text that was held out, and its group."""
        rows, share = rows_of(line.show(Ref.parse("data@1.0.0"))), ModelSettings().holdout
        training, heldout = rows.training(share), rows.heldout(share)
        with (self.folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
            texts = [record["text"] for record in training.records]
            csv.writer(file).writerows([["texto", "grupo"], *zip(texts, training.labels, strict=True)])
        serving.build(self.folder / "rows.csv", self.folder)
        pipeline = joblib.load(self.folder / "theirs" / "model.joblib")
        texts = [str(record["text"]) for record in heldout.records]
        answers = zip(texts, heldout.labels, pipeline.predict(texts), strict=True)
        return next((text, label) for text, label, answer in answers if answer == label)

    def peer(self, packages: Sequence[str], dockerfile: str) -> dict[str, str]:
        """What comes after the name of a peer → its image: without and with bytecode."""
        context = self.folder / packages[0]
        (context / "packages").mkdir(parents=True)
        (context / "packages.txt").write_text("\n".join(packages))
        python = podman("run", "--rm", self.base, "python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
        into = (python, f"{platform.machine()}-manylinux_2_28", context / "packages")
        dependencies.install([context / "packages.txt"], context / "wheels", *into, locked=False)
        dependencies.prune(context / "packages")
        shutil.copyfile(self.folder / "theirs" / "model.joblib", context / "model.joblib")
        (context / "service.py").write_text(BENTOML_SERVICE)
        (context / "Dockerfile").write_text(PACKAGES.format(base=self.base, name=self.name) + dockerfile)
        plain = podman("build", "--quiet", "--network", "none", str(context))
        (context / "Dockerfile").write_text(f"FROM {plain}\n{COMPILE}\n")
        return {"": plain, " + bytecode": podman("build", "--quiet", "--network", "none", str(context))}

    def layers(self, image: str) -> list[float]:
        """MB of every layer above the base, from the bottom to the top."""
        inherited = int(podman("image", "inspect", "--format", "{{len .RootFS.Layers}}", self.base))
        (archive := self.folder / "image.tar").unlink(missing_ok=True)
        podman("save", "--quiet", "--format", "docker-archive", "--output", str(archive), image)
        with tarfile.open(archive) as tar:
            names = json.load(tar.extractfile("manifest.json"))[0]["Layers"][inherited:]
            return [len(gzip.compress(tar.extractfile(name).read(), 6)) / 1e6 for name in names]

    def start(self, subject: Subject, group: str) -> float:
        """Seconds from `podman run` until the right group is named."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        name = f"benchmark-{secrets.token_hex(6)}"
        command = ["podman", "run", "--detach", "--name", name, "--publish", f"127.0.0.1:{port}:8080", subject.image]
        began = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                while (answer := ask(port, subject)) is None:
                    if process.poll() or time.perf_counter() - began > PATIENCE:
                        raise SystemExit(f"{subject.path} does not answer:\n{podman('logs', name, check=False)}")
                    time.sleep(PAUSE)
                took = time.perf_counter() - began
            finally:
                process.wait()
                podman("rm", "--force", "--time", "0", "--volumes", name, check=False)
        if subject.top(answer) != group:
            raise SystemExit(f"{subject.path} answers {answer}, and {group} is right")
        return took

    def clean(self) -> None:
        """Take away every image that was made. Asked twice: podman's list fails when another's image goes meanwhile."""
        for which in (("--all", "--filter", f"label={self.name}"), (f"localhost/relevo/{self.name}",)) * 2:
            podman("rmi", "--force", *podman("images", "--quiet", *which, check=False).split(), check=False)


def ask(port: int, subject: Subject) -> Any:
    """Its answer; None while there is none."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=0.2)) as connection, suppress(OSError, HTTPException):
        connection.connect()
        connection.sock.settimeout(30)
        connection.request("POST", subject.path, json.dumps(subject.body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        return json.load(response) if response.status == 200 else None
    return None


def measure(bench: Bench, rounds: int) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Name → MB of each layer, and name → seconds to the first right answer; relevo is the first of them."""
    line, relevo = bench.relevo()
    text, group = bench.train(line)
    os.environ["UV_EXCLUDE_NEWER"] = UPLOADED_BEFORE
    bento, mlflow = bench.peer(BENTOML, BENTOML_IMAGE), bench.peer(MLFLOW, MLFLOW_IMAGE)
    path, asked, inputs = f"/api/v1/modelos/{bench.name}", {"texto": text}, {"inputs": [text]}
    subjects = {"relevo": Subject(relevo, path, asked, lambda a: a["resultado"][0][0])}
    subjects |= {f"BentoML{how}": Subject(its, "/classify", asked, lambda a: a[0][0]) for how, its in bento.items()}
    for how, its in mlflow.items():
        subjects[f"MLflow{how}"] = Subject(its, "/invocations", inputs, lambda a: a["predictions"][0])
    layers = {name: bench.layers(subject.image) for name, subject in subjects.items()}
    turns = [{name: bench.start(subject, group) for name, subject in subjects.items()} for _ in range(rounds)]
    return layers, {name: median(turn[name] for turn in turns) for name in subjects}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    base = os.environ.get("RELEVO_BASE") or ImageSettings().base
    if why := missing(base):
        print(f"skipped: {why}")
        return 0
    with tempfile.TemporaryDirectory(prefix="relevo-benchmark-") as folder:
        bench = Bench(base, Path(folder), f"benchmark-{secrets.token_hex(4)}")
        try:
            layers, starts = measure(bench, chosen.rounds)
        finally:
            bench.clean()
    sizes = {name: sum(its) for name, its in layers.items()}
    size, start = sizes["relevo"], starts["relevo"]
    print(f"{'':20}{'MB over base':>14}{'relevo is':>11}{'start, s':>10}{'relevo is':>11}")
    for name, mb in sizes.items():
        print(f"{name:20}{mb:14.1f}{size / mb:9.2f} ×{starts[name]:10.2f}{start / starts[name]:9.2f} ×")
    print(f"a new model of relevo's ships {layers['relevo'][-1]:.2f} MB, its last layer\n")
    soonest = min(set(starts) - {"relevo"}, key=lambda name: starts[name])
    limits = {
        "MB over the base": (size, MAXIMUM_SIZE),
        "s to the first right answer": (start, MAXIMUM_START),
        f"start / {soonest}": (start / starts[soonest], MAXIMUM_SHARE),
    }
    for what, (value, limit) in limits.items():
        print(f"{what:32}{value:6.2f}  limit {limit:5.2f}  {'met' if value <= limit else 'MISSED'}")
    machine = f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}"
    print(f"\n{machine}, {podman('--version')}, on {base}")
    return int(any(value > limit for value, limit in limits.values()))


if __name__ == "__main__":
    sys.exit(main())
