"""DuckDB against Polars for facts, digest and difference of rows: CPU seconds and peak memory, as ratios.

    python benchmarks/data_engine.py [ROWS]

Both read the same two CSV files (the second with relabelled, retouched, withdrawn and new rows) and must come to the
same digest and the same counts. DuckDB is what relevo runs; Polars (`pip install polars`) does the same in its own
terms: it has no SHA-256, so hashing goes through Python there, and its CSV reader is lenient and knows no lines. Each
engine runs in a process of its own, alternately, best of two.
"""

import hashlib
import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from relevo.core.artifact import digest
from relevo.core.settings import DataSettings, LineSettings, Settings
from relevo.data.diff import compare
from relevo.data.engine import session
from relevo.data.rows import FILE
from relevo.data.stage import DataStage
from relevo.testing import Recorded

COLUMNS = {"texto": "text", "grupo": "label", "canal": "category", "importe": "number"}
VARIABLES = {"canal": "category", "importe": "number"}


def generate(folder: Path, rows: int) -> None:
    words = [f"palabra{i}" for i in range(5000)]
    chosen = random.Random(1)
    with (folder / "before.csv").open("w") as before, (folder / "after.csv").open("w") as after:
        for file in (before, after):
            file.write("texto,grupo,canal,importe\n")
        for i in range(rows):
            text = " ".join(chosen.choices(words, k=8))
            channel, amount = chosen.choice(["web", "tel", ""]), i % 1000 / 8
            before.write(f'"{text}",g{i % 50},{channel},{amount}\n')
            if i % 100 != 0:  # 1 % withdrawn, 1 % relabelled, 1 % retouched
                group = (i + 1) % 50 if i % 100 == 1 else i % 50
                text = text.replace(" ", "  ") if i % 100 == 2 else text
                after.write(f'"{text}",g{group},{channel},{amount}\n')
            if i % 20 == 0:  # 5 % new
                after.write(f'"nuevo {text}",g{i % 50},{channel},{amount}\n')


def with_duckdb(folder: Path) -> dict[str, object]:
    made = {}
    for side in ("before", "after"):
        (folder / side).mkdir()
        stage = DataStage(folder, Settings(LineSettings("bench"), DataSettings(f"{side}.csv", COLUMNS)))
        made[side] = stage.make({}, folder / side, Recorded())
    with session(folder) as database:
        found = compare(database, folder / "before" / FILE, folder / "after" / FILE, VARIABLES, VARIABLES)
    return {
        "digests": [made[side].output_digest for side in made],
        "added": sum(found.added.values()),
        "withdrawn": sum(found.withdrawn.values()),
        "relabelled": sum(rows for (old, new), rows in found.moves.items() if old != new),
        "retouched": found.retouched,
        "problems": len(made["after"].facts["problems"]),
    }


def with_polars(folder: Path) -> dict[str, object]:
    import polars as pl

    white = r"[\t-\r\x1c-\x20\x{85}\p{Z}]+"

    def sha(column: pl.Expr) -> pl.Expr:
        return column.map_batches(
            lambda s: pl.Series([hashlib.sha256(text.encode()).hexdigest() for text in s]), return_dtype=pl.String
        )

    def field(column: pl.Expr) -> pl.Expr:
        text = column.cast(pl.String)
        return pl.concat_str(text.str.len_bytes().cast(pl.String), pl.lit(":"), text, pl.lit(",")).fill_null("~")

    def load(side: str) -> tuple[pl.DataFrame, str, int]:
        text = pl.read_csv(folder / f"{side}.csv", infer_schema=False)
        rows = text.select(
            pl.col("texto").fill_null("").alias("text"),
            pl.col("grupo").str.replace_all(f"^{white}|{white}$", "").alias("label"),
            pl.col("canal"),
            pl.col("importe").cast(pl.Float64, strict=False),
        ).with_columns(
            pl.col("text").str.normalize("NFC").str.replace_all(white, " ").str.strip_chars(" ").alias("key")
        )
        rows = rows.with_columns(
            sha(pl.col("key")).str.head(8).str.to_integer(base=16).mod(10_000).alias("rank"),
            pl.concat_str(field(pl.col("canal")), field(pl.col("importe"))).alias("vals"),
        ).sort("text", "label", "canal", "importe")
        rows.select("text", "label", "rank", "canal", "importe").write_parquet(folder / f"{side}.parquet")
        hashes = rows.select(
            sha(pl.concat_str(field(pl.col("text")), field(pl.col("label")), pl.col("vals"))).alias("h")
        )
        buckets = (
            hashes.sort("h")
            .group_by(pl.col("h").str.head(3).alias("bucket"), maintain_order=True)
            .agg(pl.col("h").str.join(""))
            .with_columns(sha(pl.col("h")))
        )
        total = hashlib.sha256("".join(buckets["h"]).encode()).hexdigest()
        rows.group_by("label").len()
        two = rows.group_by("key").agg(pl.col("label").n_unique()).filter(pl.col("label") > 1).height
        bad = rows.filter((pl.col("key") == "") | pl.col("label").is_null()).height
        result = rows.select("text", "label", "key", "vals").with_row_index("n")
        return result, digest({"rows": total, "variables": VARIABLES}), two + bad

    (before, first, _), (after, second, problems) = load("before"), load("after")
    pairs = []
    left, right = before, after
    for columns in (["text", "label", "vals"], ["key", "label", "vals"], ["key", "label"], ["key"]):
        turn = pl.int_range(pl.len()).over(columns).alias("k")
        found = left.with_columns(turn).join(right.with_columns(turn), on=[*columns, "k"]).select("n", "n_right")
        left = left.join(found, on="n", how="anti")
        right = right.join(found, left_on="n", right_on="n_right", how="anti")
        pairs.append(found)
    matched = pl.concat(pairs).join(before, on="n").join(after, left_on="n_right", right_on="n", suffix="_after")
    return {
        "digests": [first, second],
        "added": right.height,
        "withdrawn": left.height,
        "relabelled": matched.filter(pl.col("label") != pl.col("label_after")).height,
        "retouched": matched.filter(pl.col("text") != pl.col("text_after")).height,
        "problems": problems,
    }


ENGINES = {"DuckDB": with_duckdb, "Polars": with_polars}


def measure(engine: str, source: Path) -> tuple[float, float, object]:
    """CPU seconds, peak memory in MB, and what came out, of a process that does nothing else."""
    with tempfile.TemporaryDirectory(prefix="relevo-bench-") as work:
        for file in source.iterdir():
            (Path(work) / file.name).symlink_to(file)
        command = [sys.executable, __file__, "--engine", engine, work]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    answer = json.loads(done.stdout)
    return answer["cpu"], answer["memory"], answer["found"]


def main() -> None:
    if sys.argv[1:2] == ["--engine"]:
        found = ENGINES[sys.argv[2]](Path(sys.argv[3]))
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024, "found": found}))
        return
    rows = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    with tempfile.TemporaryDirectory(prefix="relevo-bench-") as folder:
        generate(Path(folder), rows)
        runs = {engine: [] for engine in ENGINES}
        for _ in range(2):
            for engine in ENGINES:
                runs[engine].append(measure(engine, Path(folder)))
    best = {engine: (min(run[0] for run in each), min(run[1] for run in each)) for engine, each in runs.items()}
    answers = {engine: each[0][2] for engine, each in runs.items()}
    print(f"{rows:,} rows, two versions")
    for engine, (cpu, memory) in best.items():
        print(f"{engine:8} {cpu:7.1f} s CPU {memory:8.0f} MB")
    cpu, memory = (best["DuckDB"][i] / best["Polars"][i] for i in (0, 1))
    print(f"DuckDB / Polars: CPU x {cpu:.2f}, memory x {memory:.2f}")
    print("same answers" if answers["DuckDB"] == answers["Polars"] else f"DIFFERENT ANSWERS: {answers}")


if __name__ == "__main__":
    main()
