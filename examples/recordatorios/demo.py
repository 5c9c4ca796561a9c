"""The example line through four versions of its data, told by the commands themselves.

    python examples/recordatorios/demo.py [FOLDER]        FOLDER: build/demo, made anew

Every command is printed as one would type it ($EXAMPLE is the folder of this file), and must end as it is meant to;
otherwise the demo ends with 1.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from accuracy import accuracy

from relevo.core.errors import OutsideError
from relevo.core.settings import ImageSettings
from relevo.image.builder import choose
from relevo.image.engine import find

HERE = Path(__file__).resolve().parent
RELEVO = Path(sys.executable).with_name("relevo")
REQUIRED_ACCURACY = 98.2
COLUMN = 'hora_mencionada = "category"\n'


class Demo:
    """One telling, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.line = folder / "recordatorios"
        self.history = folder / "history"
        self.with_image = False

    def tell(self) -> None:
        self.first_data()
        self.image()
        self.better_data()
        self.new_variable()
        self.new_service()
        self.what_is_there()

    def first_data(self) -> None:
        say("A fresh folder, with the four versions of the data that the team will have, one after the other")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.sh("python $EXAMPLE/split.py history", cwd=self.folder)

        say("1.0.0: the first data")
        self.sh(
            "relevo init recordatorios --data history/1.0.0.csv --text texto --label grupo",
            cwd=self.folder,
        )
        self.sh("git init -q -b main")
        self.sh("git config user.name Demo && git config user.email demo@example.org")
        self.commit("First data")
        self.run()

    def image(self) -> None:
        say("The line gets a container image, too")
        if reason := no_engine():
            print(f"(left out here: {reason})")
            return
        self.sh("relevo init --add image")
        self.commit("Add the image")
        self.run()
        self.with_image = True

    def better_data(self) -> None:
        say("1.0.1: forty rows had been filed under the wrong assistant")
        self.bring("1.0.1")
        self.sh("relevo plan")
        self.commit("Correct forty labels")
        self.run()
        if self.with_image:
            self.new_layers("1.0.0", "1.0.1")

        say("1.1.0: more rows")
        self.bring("1.1.0")
        self.sh("relevo plan")
        self.commit("Add the rows of the second month")
        self.run()
        self.measure("model@1.1.0")

    def new_variable(self) -> None:
        say("2.0.0: a new variable. The file has a column that relevo.toml does not declare")
        self.bring("2.0.0")
        self.sh("relevo plan", ends=2)
        self.declare_column()
        self.sh("relevo plan")
        self.commit("Add the variable hora_mencionada")
        self.run(ends=1)
        self.sh("relevo status")
        self.measure("model@2.0.0")

        say("Meanwhile service 1.1.0 goes on answering")
        with self.serving() as address:
            self.ask("GET", f"{address}/api/v1/modelos/recordatorios?texto=" + quote("pon una alarma a las 7"), 200)

    def new_service(self) -> None:
        say("The service's code is changed: it asks for the new field, and says that it knows version 2 of the model")
        self.sh("cp $EXAMPLE/service_v2/app.py service/app.py")
        self.sh("git diff -U0", show_only="+-")
        self.commit("Ask for hora_mencionada")
        self.run()

        say("Service 2.0.0: right calls and wrong ones")
        with self.serving() as address:
            path = f"{address}/api/v2/modelos/recordatorios"
            one = {"texto": "Posponer la alarma por 10 minutos", "hora_mencionada": "duracion"}
            two = {"texto": "¿Lloverá esta noche?", "hora_mencionada": "momento"}
            self.ask("GET", f"{address}/api/v2/modelos", 200)
            self.ask("GET", f"{path}?texto={quote(one['texto'])}&hora_mencionada=duracion", 200)
            self.ask("POST", path, 200, [one, two])
            self.ask("POST", path, 422, {"texto": one["texto"]}, language="es")
            self.ask("POST", path, 422, {"texto": "", "hora_mencionada": "ninguna"})
            self.ask("GET", f"{address}/api/v1/modelos/recordatorios?texto=hola", 404)

    def what_is_there(self) -> None:
        say("Nothing has changed since: nothing to do. And all is as it was published")
        self.sh("relevo run")
        self.sh("relevo verify")
        self.sh("git tag --list")
        self.sh("relevo log service")

    def sh(self, command: str, *, ends: int = 0, cwd: Path | None = None, show_only: str = "") -> None:
        """Show a command, run it, show what it says; it must end with the code `ends`."""
        print(f"$ {command}", flush=True)
        path = f"{RELEVO.parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            command,
            check=False,
            shell=True,
            cwd=cwd or self.line,
            env={**os.environ, "PATH": path, "EXAMPLE": str(HERE)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if show_only else None,
            text=True,
        )
        for line in (done.stdout or "").splitlines():
            if line.startswith(tuple(show_only)):
                print(line)
        if done.returncode != ends:
            sys.exit(f"demo: `{command}` ended with {done.returncode}, not with {ends}")
        if ends:
            print(f"(exit {ends})")

    def run(self, ends: int = 0) -> None:
        self.sh("relevo run", ends=ends)
        if not ends:
            self.commit("Publish")

    def commit(self, message: str) -> None:
        self.sh(f"git add . && git commit -q -m '{message}'")

    def bring(self, version: str) -> None:
        self.sh(f"cp ../history/{version}.csv data/recordatorios.csv")

    def declare_column(self) -> None:
        """What the hint of the error said: one line in relevo.toml, below the column `grupo`."""
        print(f"(relevo.toml: {COLUMN.strip()})")
        file = self.line / "relevo.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('grupo = "label"\n', f'grupo = "label"\n{COLUMN}'), encoding="utf-8")

    def new_layers(self, old: str, new: str) -> None:
        """What of the image `new` a registry does not have that has `old`; it must be the model's layer alone."""
        layers = {}
        for version in (old, new):
            manifest = self.line / ".relevo/store/image" / version / "manifest.json"
            layers[version] = json.loads(manifest.read_text(encoding="utf-8"))["facts"]["layers"]
        known = {layer["diff_id"] for layer in layers[old]}
        added = [layer for layer in layers[new] if layer["diff_id"] not in known]
        for layer in added:
            print(f"new in image {new}: {layer['bytes'] / 1e6:.2f} MB, {layer['by']}", flush=True)
        if added != layers[new][-1:]:
            sys.exit("demo: only the last layer should be new")

    def measure(self, ref: str) -> None:
        """The accuracy on test.csv, which no version of the data contains."""
        share = accuracy(self.line, ref, self.history / "test.csv")
        print(f"{ref} answers {share:.2f} % of the 3,043 test rows right (required: {REQUIRED_ACCURACY} %)", flush=True)
        if share < REQUIRED_ACCURACY:
            sys.exit("demo: that is too few")

    @contextmanager
    def serving(self) -> Iterator[str]:
        """`relevo serve` on a free port; gives its address. It must end well when it is asked to."""
        print("$ relevo serve --port 0", flush=True)
        service = subprocess.Popen(
            [RELEVO, "serve", "--port", "0"],
            cwd=self.line,
            env={**os.environ, "RELEVO_DRAIN_SECONDS": "0"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert service.stdout
        try:
            line = service.stdout.readline()
            if not line:
                sys.exit("demo: the service did not start")
            yield f"http://127.0.0.1:{json.loads(line)['port']}"
        finally:
            service.terminate()
            service.communicate(timeout=30)
        if service.returncode != 0:
            sys.exit(f"demo: the service ended with {service.returncode}")

    def ask(self, method: str, address: str, status: int, body: object = None, language: str = "en") -> None:
        """Ask the service as curl would; the answer must have that status."""
        headers = {"Accept-Language": language, "Content-Type": "application/json"}
        sent = json.dumps(body, ensure_ascii=False) if body is not None else ""
        print(f"$ curl -X {method} {address}" + (f" -d '{sent}'" if sent else ""))
        request = Request(address, sent.encode() or None, headers, method=method)
        try:
            with urlopen(request, timeout=30) as answer:
                got, text = answer.status, answer.read().decode()
        except HTTPError as error:
            got, text = error.code, error.read().decode()
        print(f"{got} {shortened(json.loads(text))}", flush=True)
        if got != status:
            sys.exit(f"demo: that should have been {status}")


def no_engine() -> str:
    """Why no image can be made here; "" when one can."""
    base = os.environ.get("RELEVO_BASE", ImageSettings().base)
    try:
        find("").health()
        choose("").base(base)
    except OutsideError as error:
        return str(error.message)
    return ""


def shortened(answer: dict[str, Any]) -> str:
    """An answer on one line: of each list of groups the first two, with rounded scores."""

    def best(groups: list[tuple[str, float]]) -> list[object]:
        return [*([group, round(score, 3)] for group, score in groups[:2]), "…"]

    if "resultado" in answer:
        answer["resultado"] = best(answer["resultado"])
    if "resultados" in answer:
        answer["resultados"] = [best(groups) for groups in answer["resultados"]]
    return json.dumps(answer, ensure_ascii=False)


def say(sentence: str) -> None:
    print(f"\n=== {sentence}\n", flush=True)


if __name__ == "__main__":
    Demo((Path(sys.argv[1]) if sys.argv[1:] else HERE.parents[1] / "build" / "demo").resolve()).tell()
