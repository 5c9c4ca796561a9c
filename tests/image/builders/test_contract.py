"""What every builder holds, on real engines; docker's client is tried against podman, which speaks its language."""

import json
import os
import platform
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from engines import forget_images, no_working_container, podman, podman_service

from relevo.cli import adding
from relevo.core.errors import FailureError, OutsideError
from relevo.image.builder import DOCKERFILE, Builder, choose
from relevo.image.dockerfile import layered, parse
from relevo.image.labels import plain
from relevo.image.oci.archive import Cache, Saved
from relevo.image.oci.layout import Layout, write
from relevo.image.oci.tree import WHOLE, Tree

pytestmark = [pytest.mark.slow, pytest.mark.container]

BUILDERS = ("podman", "buildah", "docker", "oci")
#: The folders that relevo fills beside a Dockerfile.
OURS = ("dependencies", "runtime", "service", "model")
NOWHERE = "localhost/relevo-nowhere:1"
#: On all images of this module, also those between two steps.
LABEL = f"relevo.test={secrets.token_hex(6)}"


@dataclass(frozen=True)
class Bench:
    """A builder, what it calls the base, the diff_ids of that, and where they are kept compressed."""

    builder: Builder
    reference: str
    base: tuple[str, ...]
    cache: Cache

    def make(self, context: Path, aside: Path) -> Layout:
        """The image of `context`, as the stage makes it."""
        aside.mkdir()
        image = self.builder.build(context, self.builder.base(self.reference), aside)
        try:
            self.builder.save(image, aside / "image.tar")
        finally:
            self.builder.forget(image)
        saved = Saved(aside / "image.tar")
        layers = saved.layers(aside / "oci", self.base, self.cache)
        own = layered(parse((context / DOCKERFILE).read_text(encoding="utf-8")))
        config = plain(saved.config(), own, len(self.base))
        config["rootfs"]["diff_ids"] = [layer.diff_id for layer in layers]
        return write(aside / "oci", config, layers)


@pytest.fixture(scope="module")
def engine() -> Iterator[pytest.MonkeyPatch]:
    """Where docker's client finds an engine."""
    with podman_service() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", address)
        yield patch


@pytest.fixture(scope="module")
def bench_of(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[[str], Bench]:
    base = os.environ["RELEVO_TEST_BASE"]
    diff_ids = tuple(json.loads(podman("image", "inspect", "--format", "{{json .RootFS.Layers}}", base)))
    folder = tmp_path_factory.mktemp("base") / "layout"
    cache = Cache(folder.with_name("cache"))

    def bench_of(name: str) -> Bench:
        if name == "docker":
            if not shutil.which("docker"):
                pytest.skip("needs docker")
            request.getfixturevalue("engine")
        if name == "oci" and not folder.exists():
            podman("save", "--quiet", "--format", "oci-dir", "--output", str(folder), base)
        return Bench(choose(name), f"oci:{folder}" if name == "oci" else base, diff_ids, cache)

    return bench_of


@pytest.fixture(params=BUILDERS)
def bench(request: pytest.FixtureRequest, bench_of: Callable[[str], Bench]) -> Bench:
    return bench_of(request.param)


def context(folder: Path) -> Path:
    """The Dockerfile that `relevo init` makes, on very little."""
    for name, text in adding.files("quejas", NOWHERE, "en").items():
        path = folder / Path(name).name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("FROM ${BASE}", "FROM ${BASE}\nLABEL " + LABEL), encoding="utf-8")
    for name in OURS:
        (folder / name / "inner").mkdir(parents=True)
        (folder / name / "inner" / f"{name}.txt").write_text(f"¡{name}!", encoding="utf-8")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return context(tmp_path / "context")


@pytest.fixture(autouse=True)
def _no_image_left() -> Iterator[None]:
    yield
    forget_images(LABEL)


def test_it_works_here(bench: Bench) -> None:
    bench.builder.health()


def test_it_says_what_it_builds_for(bench: Bench) -> None:
    assert bench.builder.architecture() == {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]


def test_the_base_has_one_id(bench: Bench) -> None:
    found = bench.builder.base(bench.reference)
    assert found.startswith("sha256:")
    assert found == bench.builder.base(bench.reference)


def test_a_base_that_cannot_be_had_is_named(bench: Bench) -> None:
    with pytest.raises(OutsideError, match=NOWHERE) as caught:
        bench.builder.base(NOWHERE)
    assert caught.value.code == "base-missing"
    assert "RELEVO_BASE" in str(caught.value)


def test_the_scaffolded_dockerfile_twice_from_two_folders(bench: Bench, small: Path, tmp_path: Path) -> None:
    with no_working_container():
        first = bench.make(small, tmp_path / "first")
        second = bench.make(context(tmp_path / "elsewhere" / "context"), tmp_path / "second")
    assert not forget_images(LABEL), "an image is left behind, be it one between two steps"
    assert [layer.diff_id for layer in first.layers[: len(bench.base)]] == list(bench.base)
    assert len(first.layers) > len(bench.base)
    assert [layer.digest for layer in first.layers] == [layer.digest for layer in second.layers]
    assert first.image_id == second.image_id


@pytest.mark.parametrize(
    ("instruction", "said"),
    [("RUN echo the-reason >&2; exit 3", "the-reason"), ("COPY nowhere/ /there/", "nowhere"), ("FLY /away", "FLY")],
    ids=["RUN", "COPY", "unknown"],
)
def test_a_dockerfile_that_cannot_be_built(
    bench: Bench, small: Path, tmp_path: Path, instruction: str, said: str
) -> None:
    """The words of the builder say why; what was made until then is gone."""
    path = small / DOCKERFILE
    begun = f"LABEL {LABEL}\n"
    path.write_text(path.read_text(encoding="utf-8").replace(begun, f"{begun}{instruction}\n"), encoding="utf-8")
    aside = tmp_path / "aside"
    aside.mkdir()
    with no_working_container(), pytest.raises(FailureError) as caught:
        bench.builder.build(small, bench.builder.base(bench.reference), aside)
    if bench.builder.name == "oci":
        said = "line 7"  # it reads the file itself
    if bench.builder.name != "buildah":  # which does not say what it made when it is asked for the id of the last
        assert not forget_images(LABEL)
    assert said.lower() in str(caught.value).lower()


def test_two_builds_of_the_same_share_nothing(bench: Bench, small: Path, tmp_path: Path) -> None:
    """Else one that ends first takes away what the other is at, and a layer of chance would come out twice the same."""
    one, other = choose(bench.builder.name), choose(bench.builder.name)
    images = []
    for number, builder in enumerate((one, other)):
        aside = tmp_path / str(number)
        aside.mkdir()
        images.append(builder.build(small, builder.base(bench.reference), aside))
    one.forget(images[0])
    other.save(images[1], tmp_path / "other.tar")
    assert Saved(tmp_path / "other.tar").image_id


def test_what_they_build_runs_the_same(bench_of: Callable[[str], Bench], small: Path, tmp_path: Path) -> None:
    """How it is started, which files there are, and what the new ones hold."""
    made = {}
    for name in BUILDERS:
        if name == "docker" and not shutil.which("docker"):
            continue
        bench = bench_of(name)
        layout = bench.make(small, tmp_path / name)
        own, whole = Tree(lambda _: WHOLE), Tree.of(layout)
        mounted = {"etc/hosts"} if name == "docker" else set()  # where podman's service mounts its own, it stays empty
        for layer in layout.layers[len(bench.base) :]:
            own.add(layout, layer)
        made[name] = {
            "run": layout.config["config"],
            "own": {path: own[path].content for path in own if not own[path].folder and path not in mounted},
            "whole": {path: (whole[path].mode, whole[path].link) for path in whole if path not in mounted},
            "history": layout.config["history"],
        }
    assert {path for path in made["podman"]["own"] if path.endswith(".txt")} == {
        f"opt/relevo/{folder}/inner/{name}.txt"
        for name, folder in zip(OURS, ("dependencies", "runtime", "service", "service"), strict=True)
    }
    for name, found in made.items():
        for part in found:
            assert found[part] == made["podman"][part], f"{part} by {name}"
