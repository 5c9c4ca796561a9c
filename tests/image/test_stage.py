"""The image stage: what it is made from, and what comes out, here by the builder that needs no engine."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from socket import gethostname
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from fake_engine import FakeProgram
from small_image import ImageLine, draft, image_line, laid_out, no_index, put, scaffolded, service, settings, tar

from relevo.core.artifact import Artifact, Draft, Made
from relevo.core.errors import FailureError, OutsideError, UsageError
from relevo.image import stage as its
from relevo.image.oci.layout import Layout
from relevo.image.oci.tree import WHOLE, Tree
from relevo.image.stage import ImageStage, local_name
from relevo.testing import Recorded
from relevo.tools.files import digests
from relevo.tools.process import run

Edit = Callable[[Path], Any]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return scaffolded(tmp_path / "line")


def stage(root: Path, **image: Any) -> ImageStage:
    return ImageStage(root, settings(**image))


def test_it_takes_the_service(root: Path) -> None:
    assert (ImageStage.name, ImageStage.takes) == ("image", ("service",))
    assert stage(root).stops({}, {}) == ()
    assert stage(root).foresee(None, root, Recorded()) is None


def test_the_recipe_is_every_file_beside_the_dockerfile_the_base_and_what_the_builder_is_told(root: Path) -> None:
    assert set(stage(root).recipe()) == {
        "image/Dockerfile",
        "image/requirements.in",
        "image/requirements.txt",
        "image/wheels/tiny-1.0-py3-none-any.whl",
        "base",
        "build_args",
        "format",
    }


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        (lambda root: put(root, {"image/Dockerfile": "FROM ${BASE}\n"}), {"image/Dockerfile"}),
        (lambda root: put(root, {"image/requirements.txt": "# less\n"}), {"image/requirements.txt"}),
        (lambda root: put(root, {"image/own.conf": ""}), {"image/own.conf"}),
        (lambda root: put(root, {"image/.hidden": "", "image/__pycache__/x.pyc": ""}), set()),
        (lambda root: put(root, {"service/app.py": "", "data/x.csv": "", "relevo.toml": ""}), set()),
        (lambda root: (root / "image/Dockerfile").touch(), set()),
        (lambda root: (root / "image/Dockerfile").chmod(0o600), set()),
    ],
    ids=["the Dockerfile", "the list", "a file beside it", "what is hidden", "other stages", "its time", "its rights"],
)
def test_what_changes_the_recipe_and_what_does_not(edit: Edit, changed: set[str], root: Path) -> None:
    before = stage(root).recipe()
    edit(root)
    after = stage(root).recipe()
    assert {name for name in before | after if before.get(name) != after.get(name)} == changed


@pytest.mark.parametrize(
    ("setting", "changed"),
    [
        ({"base": "python:3.13-slim"}, {"base"}),
        ({"build_args": ("--squash",)}, {"build_args"}),
        ({"builder": "oci"}, set()),
        ({"run_args": ("--cgroups=disabled",)}, set()),
        ({"maximum_mb": 30.0}, set()),
        ({"repository": "registry.example.org/x"}, set()),
        ({"advisories": "x.json"}, set()),
    ],
    ids=", ".join,
)
def test_only_what_shows_in_the_image_is_part_of_its_recipe(
    setting: dict[str, Any], changed: set[str], root: Path
) -> None:
    before, after = stage(root).recipe(), stage(root, **setting).recipe()
    assert {name for name in before if before[name] != after[name]} == changed


def test_another_way_of_putting_images_together_is_another_recipe(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stage(root).recipe()
    monkeypatch.setattr(its, "RECIPE_FORMAT", its.RECIPE_FORMAT + "0")
    assert stage(root).recipe() != before


@pytest.mark.parametrize("name", ["Dockerfile", "requirements.txt"])
def test_without_its_sources_there_is_no_recipe(name: str, root: Path) -> None:
    (root / "image" / name).unlink()
    with pytest.raises(UsageError, match=rf"`image/{name}`(?s:.*)relevo init --add image"):
        stage(root).recipe()


def test_what_it_is_called_on_this_machine() -> None:
    assert local_name("quejas", draft(Path(), Path()).version) == "localhost/relevo/quejas:1.0.0"


@pytest.fixture
def world(tmp_path: Path, engines: Callable[[str], FakeProgram], monkeypatch: pytest.MonkeyPatch) -> ImageLine:
    no_index(monkeypatch, tmp_path / "uv")
    engines("podman").when("info", "{}")
    return ImageLine(tmp_path)


def test_an_image_is_made_from_a_service(world: ImageLine, tmp_path: Path) -> None:
    made = world.make(service(tmp_path / "service"), tmp_path / "draft")
    layout = Layout(tmp_path / "draft" / "oci")
    assert [path.name for path in (tmp_path / "draft").iterdir()] == ["oci"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base", "draft", "line", "programs", "service", "uv"]
    assert [layer["by"].split()[:2] for layer in made.facts["layers"]] == [
        ["RUN", "rm"],
        ["COPY", "dependencies/"],
        ["COPY", "runtime/"],
        ["COPY", "service/"],
        ["COPY", "model/"],
    ]
    assert [layer["bytes"] for layer in made.facts["layers"]] == [
        layout.blob(layer.digest).stat().st_size for layer in layout.layers[1:]
    ]
    tree = Tree.of(layout, lambda name: WHOLE)
    assert {"opt/relevo/dependencies/tiny/__init__.py", "opt/relevo/runtime/relevo_runtime/app.py"} <= set(tree)
    assert tree["opt/relevo/service/model/weights.bin"].content == b"1"
    assert [name for name in tree if "pip" in name.split("/")[-1] or "ensurepip" in name] == []
    assert str([str(step) for step in world.progress.steps]).count("with oci") == 1


def test_a_new_model_changes_the_last_layer_only(world: ImageLine, tmp_path: Path) -> None:
    one = world.make(service(tmp_path / "service"), tmp_path / "one")
    other = world.make(service(tmp_path / "other-service", weights=b"2"), tmp_path / "other")
    ours, theirs = (Layout(tmp_path / name / "oci").layers for name in ("one", "other"))
    assert [a == b for a, b in zip(ours, theirs, strict=True)] == [True] * 5 + [False]
    assert one.output_digest != other.output_digest


def test_made_twice_in_two_folders_it_is_the_same_image(world: ImageLine, tmp_path: Path) -> None:
    one = world.make(service(tmp_path / "service"), tmp_path / "one" / "draft")
    (world.root / "image" / "Dockerfile").touch()
    other = world.make(service(tmp_path / "elsewhere" / "service"), tmp_path / "other" / "draft")
    assert (one.output_digest, one.facts) == (other.output_digest, other.facts)
    ours, theirs = (digests(tmp_path / name) for name in ("one", "other"))
    assert ours == theirs


def test_the_output_digest_is_of_how_it_is_started_too(world: ImageLine, tmp_path: Path) -> None:
    one = world.make(service(tmp_path / "service"), tmp_path / "one" / "draft")
    dockerfile = world.root / "image" / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text().replace("USER 10001:0", "USER 10002:0"))
    other = world.make(service(tmp_path / "again"), tmp_path / "other" / "draft")
    assert one.output_digest != other.output_digest
    assert [change.code for change in world.stage.changes(_published(one), other, tmp_path)] == ["user-changed"]


def _published(made: Made) -> Artifact:
    return replace(draft(Path(), Path()).inputs["service"], stage="image", facts=made.facts)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    """An image that is ready for the gates, only to be looked at."""
    where = tmp_path_factory.mktemp("image")
    with image_line(where) as line:
        return line.finish(service(where / "service"), where / "draft")


def test_finished_it_tells_its_version_and_has_a_bill_of_materials(finished: Draft) -> None:
    layout = Layout(finished.folder / "oci")
    labels = layout.config["config"]["Labels"]
    assert (labels["org.opencontainers.image.version"], labels["relevo.health.live"]) == ("1.0.0", "/health/live")
    assert "org.opencontainers.image.revision" not in labels, "there is no commit"
    text = (finished.folder / "sbom.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert json.loads(text)["metadata"]["component"]["hashes"][0]["content"] == layout.image_id.removeprefix("sha256:")
    assert {path.name for path in finished.folder.iterdir()} == {"oci", "sbom.cdx.json"}


@pytest.mark.parametrize(
    ("commit", "edit", "revision"), [(False, True, ""), (True, False, "{head}"), (True, True, "{head}-dirty")]
)
def test_its_revision_is_the_commit_and_whether_there_is_more_than_that(
    commit: bool, edit: bool, revision: str, tmp_path: Path
) -> None:
    line = scaffolded(tmp_path / "line")

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=ana", "-c", "user.email=ana@example.org")
        return run(["git", *who, *arguments], timeout=60, cwd=line).stdout.strip()

    git("init", "--quiet")
    if commit:
        git("add", ".")
        git("commit", "--quiet", "--message", "one")
    if edit:
        put(line, {"more.txt": ""})
    ready = draft(line, tmp_path / "draft")
    laid_out(ready.folder / "oci", tar(), Labels={})
    ImageStage(line, settings()).finish(ready)
    labels = Layout(ready.folder / "oci").config["config"]["Labels"]
    head = git("rev-parse", "HEAD") if commit else ""
    assert labels.get("org.opencontainers.image.revision", "") == revision.format(head=head)


def test_its_facts_are_its_promise_and_what_is_in_it(finished: Draft) -> None:
    facts = finished.facts
    assert facts == json.loads(json.dumps(facts)), "facts are kept as JSON"
    assert {name: facts[name] for name in ("ports", "health", "variables", "user", "python", "os")} == {
        "ports": ["8080/tcp"],
        "health": {"live": "/health/live", "ready": "/health/ready"},
        "variables": {"required": [], "optional": ["RELEVO_HOST", "RELEVO_PORT"]},
        "user": "10001:0",
        "python": "3.12",
        "os": "debian 12",
    }
    assert facts["entrypoint"] == ["python3", "-P", "-m", "relevo_runtime", "serve", "/opt/relevo/service"]
    assert (facts["packages"], facts["base_packages"], facts["base_layers"]) == (
        {"tiny": "1.0"},
        {"libc6": "2.36-9"},
        1,
    )


def test_nothing_lies_in_the_image_that_it_does_not_need(finished: Draft) -> None:
    layout = Layout(finished.folder / "oci")
    needed = {layout.digest, layout.image_id, *(layer.digest for layer in layout.layers)}
    assert {f"sha256:{path.name}" for path in (finished.folder / "oci/blobs/sha256").iterdir()} == needed


def test_a_package_of_the_base_is_in_the_bill_as_well(finished: Draft) -> None:
    document = json.loads((finished.folder / "sbom.cdx.json").read_text())
    assert {its["bom-ref"] for its in document["components"]} == {
        "data:quejas@1.1.0",
        "model:quejas@1.1.0",
        "pkg:deb/debian/libc6@2.36-9",
        "pkg:pypi/tiny@1.0",
    }


def test_a_dockerfile_that_cannot_be_built_leaves_nothing_behind(world: ImageLine, tmp_path: Path) -> None:
    put(world.root, {"image/Dockerfile": "FROM ${BASE}\nRUN pip install x\n"})
    with pytest.raises(FailureError, match="line 2"):
        world.make(service(tmp_path / "service"), tmp_path / "draft")
    assert list((tmp_path / "draft").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_without_an_engine_to_check_it_with_no_image_is_made(
    tmp_path: Path, engines: Callable[[str], FakeProgram]
) -> None:
    with pytest.raises(OutsideError) as refused:
        ImageLine(tmp_path).make(service(tmp_path / "service"), tmp_path / "draft")
    assert refused.value.code == "no-engine"


def test_without_what_images_need_nothing_is_begun(
    world: ImageLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python3"))
    with pytest.raises(OutsideError) as refused:
        world.make(service(tmp_path / "service"), tmp_path / "draft")
    assert refused.value.code == "image-extra-missing"
    assert world.progress.steps == []


def test_what_a_killed_run_left_running_is_taken_away_first(
    world: ImageLine, tmp_path: Path, engines: Callable[[str], FakeProgram]
) -> None:
    podman = engines("podman").when("info", "{}").when("ps", "left\n")
    world.make(service(tmp_path / "service"), tmp_path / "draft")
    assert podman.called("ps")[0][-1] == f"label=relevo.gate={gethostname()}:{world.root}"
    assert podman.called("rm")[0][-1] == "left"
