"""The files of the package that serves, found without importing it."""

import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from relevo.calls import runtime
from relevo.core.errors import UsageError

SOURCE = Path(__file__).parents[2] / "runtime" / "src" / "relevo_runtime"


def test_they_are_the_files_of_the_package_without_byte_code() -> None:
    found = runtime.files()
    expected = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert set(found) == expected
    assert {"__init__.py", "__main__.py", "app.py"} <= set(found)
    assert all(path.is_file() for path in found.values())


def test_the_package_is_not_imported() -> None:
    asked = "import sys; from relevo.calls import runtime; runtime.files(); print('relevo_runtime' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("spec", [None, ModuleSpec("relevo_runtime", None)], ids=["not there", "an empty folder"])
def test_without_it_one_is_told_what_to_install(spec: ModuleSpec | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec)
    with pytest.raises(UsageError, match="pip install relevo-runtime") as refused:
        runtime.files()
    assert refused.value.code == "runtime-missing"
