"""The gates that build and start the image, through `relevo run image`: bad ones are refused, the good one passes.

An image is spoiled as users can do it: by its Dockerfile, and by what lies beside that.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from relevo.registry import gates

if TYPE_CHECKING:
    from tests.e2e.conftest import Imaged, Project

pytestmark = [pytest.mark.slow, pytest.mark.container, pytest.mark.git]

Refused = Callable[..., str]
DOCKERFILE = "image/Dockerfile"
ENTRYPOINT = 'ENTRYPOINT ["python3", "-P", "-m", "relevo_runtime", "serve", "/opt/relevo/service"]'
RUNTIME = Path(__file__).parents[2] / "runtime/src/relevo_runtime"


@pytest.fixture
def refused(image_line: "Project", run_image: Callable[..., dict[str, Any]]) -> Refused:
    """refused("boots"): the evidence with which that gate refuses the image as it is now, in words."""

    def refused(gate: str) -> str:
        result = run_image(image_line, gate)
        assert (result["exit"], result["outcome"], result["published"]) == (1, "failed", [])
        assert image_line.versions("image") == ["1.0.0"]
        assert image_line.lock()["image"] == "1.0.0"
        (verdict,) = result["verdicts"]["image"]
        assert (verdict["gate"], verdict["outcome"]) == (gate, "failed")
        said = "\n".join(each["text"].format_map(each["params"]) for each in verdict["evidence"])
        print(f"{gate}:\n{said}")
        return said

    return refused


def add(line: "Project", instruction: str) -> int:
    """One more instruction, still as root; its line."""
    line.edit(DOCKERFILE, "\n# Any user", f"\n{instruction}\n\n# Any user")
    text = (line.root / DOCKERFILE).read_text(encoding="utf-8")
    return text[: text.index(instruction)].count("\n") + 1


def spoil(line: "Project", code: str) -> None:
    """Python runs `code` when it starts."""
    (line.root / "image/sitecustomize.py").write_text(code, encoding="utf-8")
    add(line, "COPY sitecustomize.py /opt/relevo/runtime/")


def test_the_good_image_passes_them_all(imaged: "Imaged") -> None:
    found = {verdict["gate"]: verdict["outcome"] for verdict in imaged.result["verdicts"]["image"]}
    assert found == {gate.name: "passed" for gate in gates("image")}


def test_what_a_linter_finds(image_line: "Project", refused: Refused) -> None:
    line = add(image_line, "RUN cd /tmp && ls | wc -l")
    assert f"`{DOCKERFILE}`, line {line}: DL4006" in refused("lint")


def test_an_entrypoint_that_ends(image_line: "Project", refused: Refused) -> None:
    image_line.edit(DOCKERFILE, ENTRYPOINT, """ENTRYPOINT ["python3", "-c", "raise SystemExit('no licence found')"]""")
    said = refused("boots")
    assert "the container ended with 1 before it was ready" in said
    assert "its last log lines:\nno licence found" in said


def test_a_port_that_never_opens(image_line: "Project", refused: Refused) -> None:
    image_line.edit(DOCKERFILE, "RELEVO_PORT=8080", "RELEVO_PORT=9090")
    said = refused("boots")
    assert "`/health/ready` at port 8080 of the container did not answer 200 within 30" in said
    assert "its last log lines:" in said
    assert "9090" in said, "the log says where it listens instead"


def test_an_installer_in_the_container(image_line: "Project", refused: Refused) -> None:
    (image_line.root / "image/pip").mkdir()
    (image_line.root / "image/pip/__init__.py").touch()
    add(image_line, "COPY pip/ /opt/relevo/dependencies/pip/")
    assert "`import pip` works in the container: the Dockerfile must remove it" in refused("boots")


def test_another_model_than_that_of_the_service(image_line: "Project", refused: Refused) -> None:
    weights = np.load(image_line.root / ".relevo/store/model/1.0.0/weights.npy")
    np.save(image_line.root / "image/weights.npy", -weights)
    add(image_line, "COPY weights.npy /opt/relevo/service/model/weights.npy")
    said = refused("right-calls")
    assert "and the original says" in said
    assert "its last log lines:" in said


def test_scores_that_are_not_those_of_the_service(image_line: "Project", refused: Refused) -> None:
    spoil(
        image_line,
        """
from relevo_runtime import model
score = model.Model.score
model.Model.score = lambda self, record: score(self, record)[::-1]
""",
    )
    said = refused("right-calls")
    assert "/api/v1/modelos/quejas" in said
    assert "its last log lines:" in said


def test_a_problem_with_another_status(image_line: "Project", refused: Refused) -> None:
    problems = (RUNTIME / "problems.py").read_text(encoding="utf-8")
    assert '"no-rows": Kind(422' in problems
    (image_line.root / "image/problems.py").write_text(
        problems.replace('"no-rows": Kind(422', '"no-rows": Kind(400'), encoding="utf-8"
    )
    add(image_line, "COPY problems.py /opt/relevo/runtime/relevo_runtime/problems.py")
    said = refused("wrong-calls")
    assert "400" in said
    assert "422" in said


def test_files_that_only_root_may_read(image_line: "Project", refused: Refused) -> None:
    add(image_line, "RUN chmod -R 0700 /opt/relevo/service")
    said = refused("any-uid")
    assert "the container ended with" in said
    assert "/opt/relevo/service" in said, "its log says which file"


def test_a_service_that_writes_beside_its_files(image_line: "Project", refused: Refused) -> None:
    spoil(
        image_line,
        """
from relevo_runtime import bundle
load = bundle.load
bundle.load = lambda *given: open('/opt/relevo/started', 'w').close() or load(*given)
""",
    )
    add(image_line, "RUN chmod -R g=u /opt/relevo")
    said = refused("any-uid")
    assert "the container ended with 1 before it was ready" in said
    assert "Read-only file system: '/opt/relevo/started'" in said


def test_a_shell_that_keeps_the_signal_to_itself(image_line: "Project", refused: Refused) -> None:
    image_line.edit(
        DOCKERFILE, ENTRYPOINT, "ENTRYPOINT python3 -P -m relevo_runtime serve /opt/relevo/service; echo ended"
    )
    said = refused("drains")
    assert "it still runs 20" in said
    assert "the form with brackets" in said


def test_a_service_that_drops_what_it_is_at(image_line: "Project", refused: Refused) -> None:
    spoil(
        image_line,
        """
import os
from relevo_runtime.drain import Process
Process.handle_exit = lambda self, sig, frame: os._exit(7)
""",
    )
    said = refused("drains")
    assert "while it drained, requests went unanswered" in said
    assert "it ended with 7 after SIGTERM instead of 0" in said


@pytest.mark.usefixtures("quiet_machine")
def test_an_image_that_makes_the_service_slow(image_line: "Project", refused: Refused) -> None:
    image_line.edit(
        "relevo.toml", "rate = 100\nrequests = 100\nlimit_ms = 10000", "rate = 5\nrequests = 20\nlimit_ms = 150"
    )
    spoil(
        image_line,
        """
import time
from relevo_runtime import model
score = model.Model.score
model.Model.score = lambda self, record: time.sleep(0.3) or score(self, record)
""",
    )
    said = refused("performance")
    assert "measured with cpu 500m and memory 256Mi: more of them is set by [deploy.test]" in said


def test_too_little_memory(image_line: "Project", refused: Refused) -> None:
    image_line.edit("relevo.toml", 'memory = "256Mi"', 'memory = "16Mi"')
    (image_line.root / "image/note.txt").touch()  # limits alone make no new image
    assert "out of memory: see `memory` in [deploy.test]" in refused("performance")


def test_too_heavy(image_line: "Project", refused: Refused) -> None:
    (image_line.root / "image/blob.bin").write_bytes(os.urandom(7_000_000))
    add(image_line, "COPY blob.bin /opt/relevo/")
    assert "7.0 MB: COPY blob.bin /opt/relevo/" in refused("size")


def test_built_at_another_moment_it_is_another_one(image_line: "Project", refused: Refused) -> None:
    add(image_line, "RUN date +%N > /opt/relevo/stamp")
    said = refused("reproducible")
    assert "comes out differently each time: RUN date +%N > /opt/relevo/stamp" in said
