"""The command that runs an image in the foreground."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_engine import FakeProgram
from small_image import FACTS, artifact, laid_out, settings, tar

from relevo.core.errors import OutsideError
from relevo.image.oci.layout import Layout
from relevo.image.serving import command

Engines = Callable[[str], FakeProgram]


def test_an_image_of_the_store_is_run_by_its_id_on_the_port_that_it_exposes(engines: Engines, tmp_path: Path) -> None:
    engines("podman")
    laid_out(tmp_path / "1.0.0" / "oci", tar())
    made = artifact("image", "1.0.0", tmp_path / "1.0.0", facts={**FACTS, "ports": ["9090/tcp"]})
    found = command(made, settings(), "127.0.0.1", 8000, tmp_path)
    image = Layout(tmp_path / "1.0.0" / "oci").image_id
    assert found == (["podman", "run", "--rm", "--publish", "127.0.0.1:8000:9090", image], None)


@pytest.mark.parametrize(("there", "loads"), [(0, 0), (1, 1)], ids=["held", "not held"])
def test_the_engine_is_given_the_image_when_it_lacks_it(
    there: int, loads: int, engines: Engines, tmp_path: Path
) -> None:
    podman = engines("podman").when("image inspect", code=there)
    laid_out(tmp_path / "1.0.0" / "oci", tar())
    command(artifact("image", "1.0.0", tmp_path / "1.0.0", facts=FACTS), settings(), "127.0.0.1", 8000, tmp_path)
    assert len(podman.called("load")) == loads
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.0.0", "programs"]


def test_any_other_name_is_the_engines_business(engines: Engines, tmp_path: Path) -> None:
    podman = engines("podman")
    found, _ = command("registry.example.org/team/quejas:1", settings(), "0.0.0.0", 8000, tmp_path)
    assert found[-3:] == ["--publish", "0.0.0.0:8000:8080", "registry.example.org/team/quejas:1"]
    assert [call[0] for call in podman.calls] == ["info"]


def test_the_line_says_which_engine_and_with_which_arguments(engines: Engines, tmp_path: Path) -> None:
    engines("podman")
    engines("docker")
    found, _ = command("x", settings(builder="docker", run_args=("--cgroupns=host",)), "127.0.0.1", 0, tmp_path)
    assert found == ["docker", "run", "--rm", "--publish", "127.0.0.1::8080", "--cgroupns=host", "x"]


def test_the_folder_for_scratch_files_is_made_where_a_clone_has_none(engines: Engines, tmp_path: Path) -> None:
    podman = engines("podman").when("image inspect", code=1)
    laid_out(tmp_path / "store" / "oci", tar())
    made = artifact("image", "1.0.0", tmp_path / "store", facts=FACTS)
    command(made, settings(), "127.0.0.1", 8000, tmp_path / "clone" / ".relevo")
    assert len(podman.called("load")) == 1


def test_a_folder_for_scratch_files_that_cannot_be_made_is_named(engines: Engines, tmp_path: Path) -> None:
    engines("podman")
    (tmp_path / "file").write_text("")
    made = artifact("image", "1.0.0", facts=FACTS)
    with pytest.raises(OutsideError, match=r"cannot write `.*/file/\.relevo`"):
        command(made, settings(), "127.0.0.1", 8000, tmp_path / "file" / ".relevo")


def test_it_is_told_on_which_other_machine_the_engine_is(
    engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines("podman")
    monkeypatch.setenv("CONTAINER_HOST", "tcp://build.example.org:8888")
    found, machine = command("x", settings(), "127.0.0.1", 8000, tmp_path)
    assert found == ["podman", "--remote", "run", "--rm", "--publish", "8000:8080", "x"]
    assert machine == "build.example.org"


def test_without_an_engine_nothing_is_served(engines: Engines, tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="no container engine answers"):
        command("x", settings(), "127.0.0.1", 0, tmp_path)
