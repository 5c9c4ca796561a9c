"""What needs an outside program says so with a marker of its own: skipped on a laptop, a failure in CI.

`RELEVO_TEST_REQUIRE=git,container` names the markers whose programs must be there; at the end the number of tests run
under each is printed, and none at all is a failure.
"""

import os
import shutil
from collections import Counter

import pytest
from hypothesis import settings

#: Fixtures of more than one folder of tests, in tests/shared/.
pytest_plugins = ("fake_engine", "fake_registry", "small_line")

#: marker → the programs and `$VARIABLES` that its tests need
NEEDS = {
    "git": ("git",),
    "curl": ("curl",),
    # The variable names an image with Python to start from, which the engine has or can pull.
    "container": ("podman", "buildah", "$RELEVO_TEST_BASE"),
    # HOST:PORT of a registry; RELEVO_TEST_REGISTRY_USER and RELEVO_TEST_REGISTRY_PASSWORD open it.
    "registry": ("$RELEVO_TEST_REGISTRY",),
}

# No test is timed: machines are shared, and a slow example is no failure.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")

REQUIRED = [name for name in os.environ.get("RELEVO_TEST_REQUIRE", "").split(",") if name]
_ran: Counter[str] = Counter()


def pytest_configure(config: pytest.Config) -> None:
    for marker, needs in NEEDS.items():
        config.addinivalue_line("markers", f"{marker}: needs {' and '.join(needs)}")
    if unknown := set(REQUIRED) - set(NEEDS):
        raise pytest.UsageError(f"RELEVO_TEST_REQUIRE names unknown markers: {', '.join(sorted(unknown))}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, needs in NEEDS.items():
        if item.get_closest_marker(marker):
            missing = [need for need in needs if not _is_there(need)]
            if missing and marker in REQUIRED:
                pytest.fail(f"RELEVO_TEST_REQUIRE asks for {marker}, but there is no {', '.join(missing)}")
            if missing:
                pytest.skip(f"needs {', '.join(missing)}")


def _is_there(need: str) -> bool:
    return need.removeprefix("$") in os.environ if need.startswith("$") else bool(shutil.which(need))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call":
        _ran.update(set(NEEDS) & set(report.keywords))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for marker in REQUIRED:
        terminalreporter.write_line(f"{marker}: {_ran[marker]} tests ran")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == 0 and not hasattr(session.config, "workerinput") and any(not _ran[marker] for marker in REQUIRED):
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test."""
    for name in list(os.environ):
        if name.startswith("RELEVO_") and not name.startswith("RELEVO_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
