"""What the process that answers may load: the import budget of the container."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HEAVY = {
    "relevo",
    "sklearn",
    "scipy",
    "joblib",
    "pandas",
    "duckdb",
    "polars",
    "pydantic",
    "fastapi",
    "starlette",
    "rich",
}


def loaded(code: str, *arguments: object) -> set[str]:
    """The top-level modules that are loaded after `code`."""
    code += "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return set(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split())


def test_an_app_py_loads_nothing_but_the_standard_library() -> None:
    others = loaded("import relevo_runtime") - set(sys.stdlib_module_names)
    before = loaded("") - set(sys.stdlib_module_names)
    assert others - before == {"relevo_runtime"}


def test_a_running_service_has_loaded_nothing_heavy(service_folder: Callable[..., Path]) -> None:
    code = """
import sys
from pathlib import Path
from relevo_runtime import __main__, bundle, run
from relevo_runtime.logs import Log
from relevo_runtime.server import Server
from relevo_runtime.settings import Settings
its = bundle.load(Path(sys.argv[1]))
its.model.score({"text": "tarjeta"})
Server(its, Settings(), Log("info"))
"""
    modules = loaded(code, service_folder())
    assert modules & HEAVY == set()
    assert {"numpy", "msgspec", "uvicorn"} <= modules


def test_the_openapi_document_needs_no_numpy_and_no_server(service_folder: Callable[..., Path]) -> None:
    code = """
import sys, io
from relevo_runtime import __main__
out, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO())
assert __main__.main(["openapi", sys.argv[1]]) == 0
sys.stdout = out
"""
    assert loaded(code, service_folder()) & (HEAVY | {"numpy", "uvicorn"}) == set()
