"""The image through `relevo`: made, versioned, pushed, served, on this machine and on another one."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from engines import podman, podman_service

from relevo.core.errors import OutsideError
from relevo.image.oci.layout import MANIFEST_TYPE
from relevo.registry import gates
from relevo.tools.distribution import Credentials, Registry
from relevo.tools.http import Answer, call

if TYPE_CHECKING:
    from tests.e2e.conftest import Imaged, Project

pytestmark = [pytest.mark.slow, pytest.mark.container, pytest.mark.git]
RELEVO = Path(sys.executable).with_name("relevo")
RunImage = Callable[..., dict[str, Any]]
STAGES = ("data", "model", "service", "image")


def run(line: "Project", expect: int = 0) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(line.relevo("run", "--json", expect=expect).stdout)
    return result


def all_passed(result: dict[str, Any]) -> None:
    found = {verdict["gate"]: verdict["outcome"] for verdict in result["verdicts"]["image"]}
    assert found == {gate.name: "passed" for gate in gates("image")}


def diff_ids(line: "Project", version: str) -> list[str]:
    return [layer.diff_id for layer in line.image(version).layers]


def test_a_new_line_to_its_image(imaged: "Imaged") -> None:
    line, result = imaged.project, imaged.result
    assert result["outcome"] == "done"
    assert result["published"] == [f"{stage}@1.0.0" for stage in STAGES]
    assert line.tags() == sorted(f"{stage}@v1.0.0" for stage in STAGES)
    assert line.lock() == dict.fromkeys(STAGES, "1.0.0")
    all_passed(result)
    labels = line.image("1.0.0").config["config"]["Labels"]
    assert labels["org.opencontainers.image.version"] == "1.0.0"
    assert labels["org.opencontainers.image.revision"] == line.git("rev-parse", "HEAD")
    assert labels["relevo.data"].startswith("1.0.0 sha256:")


def test_without_a_change_nothing_is_made(image_line: "Project") -> None:
    assert run(image_line)["outcome"] == "idle"
    assert image_line.plan()["stages"][-1]["state"] == "kept"


def test_a_better_model_ships_one_layer(image_line: "Project", run_image: RunImage) -> None:
    """A relabelled row is a patch, a new row a minor; either changes the last layer and no other."""
    line = image_line
    for change, version, names in (
        (line.correct_label, "1.0.1", [gate.name for gate in gates("image")]),
        (lambda: line.add_row("una queja más"), "1.1.0", ["right-calls"]),
    ):
        change()
        line.commit()
        planned = line.plan()["stages"][-1]
        found = {verdict["gate"]: verdict["outcome"] for verdict in run_image(line, *names)["verdicts"]["image"]}
        assert found == dict.fromkeys(names, "passed")
        assert line.lock() == dict.fromkeys(STAGES, version)
        assert (planned["next"], planned["exact"]) == (version, False)
        assert diff_ids(line, version)[:-1] == diff_ids(line, "1.0.0")[:-1]
        assert diff_ids(line, version)[-1] != diff_ids(line, "1.0.0")[-1]
        layers = line.image(version).layers
        assert layers[-1].size < sum(layer.size for layer in layers[:-1]) / 100
    assert line.versions("image") == ["1.0.0", "1.0.1", "1.1.0"]


def test_the_version_follows_from_what_the_dockerfile_promises(image_line: "Project", run_image: RunImage) -> None:
    """What the rules can tell before it is built, the plan says: at least this."""
    line = image_line
    for old, new, version in [
        ("ARG BASE", "# a comment\nARG BASE", "1.0.1"),
        ("RELEVO_PORT=8080", "RELEVO_PORT=8080 \\\n    COLOUR=blue", "1.1.0"),
        ("EXPOSE 8080", "EXPOSE 9090", "2.0.0"),
    ]:
        standing = line.lock()["image"]
        line.edit("image/Dockerfile", old, new)
        if "9090" in new:
            line.edit("image/Dockerfile", "RELEVO_PORT=8080", "RELEVO_PORT=9090")
        line.commit()
        planned = line.plan()["stages"][-1]
        assert (planned["base"], planned["bump"], planned["exact"]) == (standing, "patch", False)
        made = run_image(line, "boots")["plan"]["stages"][-1]
        assert (made["next"], line.lock()["image"]) == (version, version)
        assert planned["changes"][0] in made["changes"]


@pytest.fixture
def registry() -> Registry:
    host = os.environ["RELEVO_TEST_REGISTRY"]
    return Registry(host, Credentials(host, logins()))


def logins() -> dict[str, str]:
    found = {name: os.environ.get(f"RELEVO_TEST_REGISTRY_{name}", "") for name in ("USER", "PASSWORD")}
    return {f"RELEVO_REGISTRY_{name}": value for name, value in found.items() if value}


@pytest.fixture
def repository(image_line: "Project", registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty repository, which the line is told of."""
    name = f"relevo-test/{os.urandom(6).hex()}"
    for variable, value in logins().items():
        monkeypatch.setenv(variable, value)
    image_line.edit("relevo.toml", "[image]\n", f'[image]\nrepository = "{registry.host}/{name}"\n')
    yield name
    if there := registry.resolve(name, "1.0.0"):
        delete(registry.host, name, there.digest)


def delete(host: str, name: str, digest: str) -> None:
    """Where the registry allows it."""
    address, _, port = host.partition(":")
    login = Credentials(host, logins()).login(host, name)
    headers = {"Authorization": login.basic} if login else {}
    call(address, int(port or 80), "DELETE", f"/v2/{name}/manifests/{digest}", headers=headers)


def pushed(line: "Project", *arguments: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(line.relevo("push", "image", *arguments, "--json").stdout)
    return result


@pytest.mark.registry
def test_pushed_once_and_there_for_engines(image_line: "Project", registry: Registry, repository: str) -> None:
    layout = image_line.image("1.0.0")
    first = pushed(image_line)
    assert (first["new"], first["digest"]) == (True, layout.digest)
    assert first["sent"] == sum(layer.size for layer in layout.layers) + layout.blob(layout.image_id).stat().st_size
    again = pushed(image_line)
    assert (again["new"], again["sent"], again["reference"]) == (False, 0, first["reference"])
    assert "the very same" in image_line.relevo("push", "image@1.0.0").stdout
    there = registry.resolve(repository, "1.0.0")
    assert there is not None and there.digest == layout.digest
    (bill,) = registry.referrers(repository, layout.digest)
    assert bill.artifact_type == "application/vnd.cyclonedx+json"
    login = [value for _, value in sorted(logins().items(), reverse=True)]
    credentials = ["--creds", ":".join(login)] if login else []
    pulled = podman("pull", "--quiet", "--tls-verify=false", *credentials, first["reference"])
    assert f"sha256:{pulled}" == layout.image_id


@pytest.mark.registry
@pytest.mark.usefixtures("repository")
def test_a_patch_pushes_the_model_alone(image_line: "Project", run_image: RunImage) -> None:
    pushed(image_line)
    image_line.correct_label()
    image_line.commit()
    run_image(image_line, "size")
    layout = image_line.image("1.0.1")
    sent = pushed(image_line)["sent"]
    assert sent == layout.layers[-1].size + layout.blob(layout.image_id).stat().st_size


@pytest.mark.registry
def test_a_tag_is_never_moved(image_line: "Project", registry: Registry, repository: str) -> None:
    layout = image_line.image("1.0.0")
    pushed(image_line)
    other = json.dumps({**layout.manifest, "annotations": {"made": "elsewhere"}}).encode()
    theirs = registry.push_manifest(repository, "1.0.0", other, MANIFEST_TYPE)
    said = image_line.relevo("push", "image", expect=1).stderr
    assert theirs in said
    assert layout.digest in said
    there = registry.resolve(repository, "1.0.0")
    assert there is not None and there.digest == theirs


@pytest.mark.registry
@pytest.mark.usefixtures("repository")
def test_a_wrong_password(image_line: "Project", monkeypatch: pytest.MonkeyPatch) -> None:
    if not logins():
        pytest.skip("this registry asks for no password")
    monkeypatch.setenv("RELEVO_REGISTRY_PASSWORD", "guessed-it")
    said = image_line.relevo("push", "image", expect=3).stderr
    assert os.environ["RELEVO_TEST_REGISTRY"] in said
    assert "RELEVO_REGISTRY_USER" in said
    assert "guessed-it" not in said


def test_a_registry_that_is_down(image_line: "Project") -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    said = image_line.relevo("push", "image", "--to", f"{host}/team/quejas", expect=3).stderr
    assert host in said
    assert "Traceback" not in said


def test_served_until_ctrl_c(image_line: "Project") -> None:
    image = image_line.image("1.0.0").image_id
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(
        [RELEVO, "serve", "--image", "1.0.0", "--port", str(port)],
        cwd=image_line.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,  # as a shell starts it: Ctrl-C is for the group
    ) as serving:
        try:
            assert answer(port, "GET", "/health/ready").status == 200
            asked = call("127.0.0.1", port, "GET", "/api/v1/modelos/quejas?texto=no+llega+el+paquete")
            assert asked.status == 200
            assert "cobros" in asked.body.decode()
            os.killpg(serving.pid, signal.SIGINT)
            assert serving.wait(20) == 130
        finally:
            serving.kill()
    assert podman("ps", "--all", "--quiet", "--filter", f"ancestor={image.removeprefix('sha256:')}") == ""


def answer(port: int, method: str, path: str) -> Answer:
    """When somebody listens there."""
    until = time.monotonic() + 30
    while True:
        try:
            return call("127.0.0.1", port, method, path)
        except OutsideError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_made_and_tried_by_an_engine_on_another_machine(image_line: "Project", monkeypatch: pytest.MonkeyPatch) -> None:
    with podman_service() as address, monkeypatch.context() as elsewhere:
        elsewhere.setenv("CONTAINER_HOST", address)
        image_line.edit("image/Dockerfile", "ARG BASE", "# a comment\nARG BASE")
        image_line.commit()
        all_passed(run(image_line))
    assert diff_ids(image_line, "1.0.1") == diff_ids(image_line, "1.0.0")


def test_made_without_an_engine_and_tried_by_one(
    image_line: "Project", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same image, so far as it matters: what a container of it sees and how it is started."""
    base = tmp_path / "base"
    podman("save", "--quiet", "--format", "oci-dir", "--output", str(base), os.environ["RELEVO_TEST_BASE"])
    monkeypatch.setenv("RELEVO_BASE", f"oci:{base}")
    image_line.edit("relevo.toml", "[image]\n", '[image]\nbuilder = "oci"\n')
    image_line.commit()
    shutil.rmtree(image_line.root / ".relevo/cache")
    all_passed(run(image_line))
    (version,) = set(image_line.versions("image")) - {"1.0.0"}
    made, by_podman = image_line.image(version), image_line.image("1.0.0")
    assert len(made.layers) == len(by_podman.layers)
    assert made.layers[0].diff_id == by_podman.layers[0].diff_id
    different = {"Labels"}
    one, other = ({k: v for k, v in its.config["config"].items() if k not in different} for its in (made, by_podman))
    assert one == other
