"""What a verb may not pay for."""

import subprocess
import sys

from relevo.cli.verbs import SUMMARIES

#: Each of these costs more than a whole `relevo --help`.
HEAVY = ("numpy", "duckdb", "sklearn", "scipy", "rich", "asyncio", "msgspec", "importlib.metadata")
#: And these a part of it that a listing of verbs has no use for.
UNUSED_BY_HELP = ("pathlib", "json", "subprocess", "relevo.line", "relevo.core.policy", "relevo.settings")


def imported(*calls: list[str]) -> set[str]:
    """The modules that one process has imported after these calls of `relevo`."""
    verbs = f"import sys\nfrom relevo.cli.main import main\nfor call in {calls!r}: main(call)"
    code = f"{verbs}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stderr.splitlines()[-1].split())


def test_help_imports_no_verb_and_nothing_heavy() -> None:
    modules = imported(["--help"])
    assert "relevo.cli.main" in modules
    assert modules.isdisjoint({*HEAVY, *UNUSED_BY_HELP})
    assert modules.isdisjoint({f"relevo.cli.{verb}" for verb in SUMMARIES})


def test_the_help_of_no_verb_imports_anything_heavy() -> None:
    modules = imported(*([verb, "--help"] for verb in SUMMARIES))
    assert {f"relevo.cli.{verb}" for verb in SUMMARIES} <= modules
    assert modules.isdisjoint(HEAVY)
