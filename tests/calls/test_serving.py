import os
import sys

import pytest

from relevo.calls.serving import command, environment, running
from relevo.core.errors import FailureError
from relevo.tools.http import call

pytestmark = pytest.mark.slow


def test_runs_from_ready_to_stopped(good):
    with running(good.folder) as address:
        assert call(address.host, address.port, "GET", "/health/ready").status == 200
        assert os.getpgid(address.pid) == address.pid
    with pytest.raises(ProcessLookupError):
        os.kill(address.pid, 0)


def test_a_constant_model_answers_the_same_for_every_text(good):
    with running(good.folder, constant=True) as address:
        path = "/api/v1/modelos/quejas?texto="
        one, other = (call(address.host, address.port, "GET", path + text).json() for text in ("tarjeta", "hipoteca"))
    assert one == other


def test_what_the_code_prints_is_passed_over(world, tmp_path):
    world.write((world.root / "service/app.py").read_text() + 'print("hola")\nprint(5)\n')
    with running(world.make(tmp_path / "draft").folder) as address:
        assert call(address.host, address.port, "GET", "/health/live").status == 200


def test_a_service_that_ends_before_it_is_ready_says_why(good):
    (good.folder / "app.py").write_text("import sys\nsys.exit('not today')\n")
    with pytest.raises(FailureError, match="not today") as caught, running(good.folder):
        pass
    assert caught.value.code == "service-not-started"


def test_the_command_serves_with_the_interpreter_that_relevo_runs_in(tmp_path):
    assert command(tmp_path, "0.0.0.0", 8080) == [
        sys.executable, "-P", "-m", "relevo_runtime", "serve", str(tmp_path), "--host", "0.0.0.0", "--port", "8080",
    ]  # fmt: skip


def test_no_setting_of_this_environment_reaches_a_service(monkeypatch):
    monkeypatch.setenv("RELEVO_MAX_ROWS", "1")
    monkeypatch.setenv("RELEVO_LOG_TEXTS", "1")
    assert environment()["RELEVO_MAX_ROWS"] == "1000"
    assert environment()["RELEVO_LOG_TEXTS"] is None
