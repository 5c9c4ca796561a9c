"""What a verb may not pay for."""

import subprocess
import sys

import pytest

#: Each of these costs more than a whole `relevo --help`.
HEAVY = ("numpy", "duckdb", "sklearn", "scipy", "rich", "asyncio", "msgspec", "importlib.metadata")
#: And these a part of it that a listing of verbs has no use for.
UNUSED_BY_HELP = ("pathlib", "json", "subprocess", "relevo.line", "relevo.core.policy", "relevo.settings")


def imported(*args: str) -> set[str]:
    """The modules that `relevo ARGS` has imported when it is done."""
    code = f"import sys; from relevo.cli.main import main; main({list(args)!r}); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stderr.splitlines()[-1].split())


def test_help_imports_no_verb_and_nothing_heavy() -> None:
    modules = imported("--help")
    assert "relevo.cli.main" in modules
    assert modules.isdisjoint({*HEAVY, *UNUSED_BY_HELP})
    assert not any(name in modules for name in ("relevo.cli.plan", "relevo.cli.run", "relevo.cli.init"))


@pytest.mark.parametrize("verb", ["init", "plan", "run", "status", "predict", "serve"])
def test_the_help_of_a_verb_imports_nothing_heavy(verb: str) -> None:
    assert imported(verb, "--help").isdisjoint(HEAVY)
