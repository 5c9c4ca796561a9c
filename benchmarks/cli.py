"""CPU of the command line, as a ratio to `python -c pass` on the same machine at the same time.

    python benchmarks/cli.py [--rounds 15] [--json]

| call                               | limit |
| ---------------------------------- | ----- |
| `relevo --help`                    | ≤ 6×  |
| `relevo plan` with nothing changed | ≤ 15× |

`import click` alone is printed beside them: it is most of what `--help` costs. Every round calls each of them once, so
that all of them meet the same noise; the figure is the median of user and system time of the process. A line is made
and run first, which takes about half a minute. Exit code 1 when a limit is missed.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

RELEVO = [str(Path(sys.executable).with_name("relevo"))]
BASE = "python -c pass"
LIMITS = {"relevo --help": 6.0, "RELEVO_LANG=es relevo --help": 6.0, "relevo plan": 15.0}
WORDS = ["tarjeta", "recibo", "cuenta", "cajero", "clave", "móvil", "oficina", "transferencia", "saldo", "cobro"]


def make_line(folder: Path) -> Path:
    """A line with all three stages published, and nothing to do."""
    rows = [
        f"no va {WORDS[i % 10]} desde {WORDS[i * 7 % 10]} {i},{('tarjeta', 'recibo', 'app')[i % 3]}" for i in range(300)
    ]
    (folder / "quejas.csv").write_text("\n".join(["texto,grupo", *rows]) + "\n", encoding="utf-8")
    command = [*RELEVO, "init", "quejas", "--data", "quejas.csv", "--text", "texto", "--label", "grupo"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    line = folder / "quejas"
    with (line / "relevo.toml").open("a") as file:
        file.write("requests = 100\n")
    text = (line / "relevo.toml").read_text(encoding="utf-8")
    # Neither the accuracy of these rows nor the pace of this machine is what is measured here.
    text = text.replace("minimum_accuracy = 0.5 ", "minimum_accuracy = 0.0 ").replace(
        "limit_ms = 150", "limit_ms = 5000"
    )
    (line / "relevo.toml").write_text(text, encoding="utf-8")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=line, check=True)
    environment = {**os.environ, "GIT_COMMITTER_NAME": "b", "GIT_COMMITTER_EMAIL": "b@example.org"}
    done = subprocess.run([*RELEVO, "run"], cwd=line, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the line could not be made:\n{done.stdout}{done.stderr}")
    return line


def cpu(command: list[str], line: Path, **environment: str) -> float:
    """Seconds of user and system time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=line, env={**os.environ, **environment}, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(line: Path, rounds: int) -> dict[str, float]:
    """Call → seconds, median over the rounds."""
    calls = {
        BASE: lambda: cpu([sys.executable, "-c", "pass"], line),
        "python -c 'import click'": lambda: cpu([sys.executable, "-c", "import click"], line),
        "relevo --help": lambda: cpu([*RELEVO, "--help"], line, RELEVO_LANG="en"),
        "RELEVO_LANG=es relevo --help": lambda: cpu([*RELEVO, "--help"], line, RELEVO_LANG="es"),
        "relevo plan": lambda: cpu([*RELEVO, "plan"], line, RELEVO_LANG="en"),
    }
    for call in calls.values():
        call()
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            seconds[name].append(call())
    return {name: median(values) for name, values in seconds.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="relevo-benchmark-"))
    try:
        line = make_line(folder)
        plan = subprocess.run([*RELEVO, "plan", "--json"], cwd=line, capture_output=True, text=True, check=True)
        if not json.loads(plan.stdout)["idle"]:
            sys.exit(f"the plan has something to do:\n{plan.stdout}")
        seconds = measure(line, options.rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ratios = {name: value / seconds[BASE] for name, value in seconds.items()}
    missed = [name for name, limit in LIMITS.items() if ratios[name] > limit]
    if options.json:
        rows = {n: {"cpu_ms": seconds[n] * 1000, "ratio": ratios[n], "limit": LIMITS.get(n)} for n in seconds}
        print(json.dumps({"calls": rows, "missed": missed}, indent=2))
    else:
        for name, ratio in ratios.items():
            verdict = (
                "" if name not in LIMITS else f"limit {LIMITS[name]:4.1f}×  {'missed' if name in missed else 'ok'}"
            )
            print(f"{name:30} {seconds[name] * 1000:7.1f} ms  {ratio:5.2f}×  {verdict}".rstrip())
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
