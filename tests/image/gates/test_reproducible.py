"""Built once more, the image is the same to the last byte; here without an engine."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from small_image import image_line, put, service

from relevo.core.artifact import Draft
from relevo.core.verdict import Outcome, Verdict
from relevo.image.gates.reproducible import Reproducible
from relevo.image.oci.layout import Layout, write


@pytest.fixture(scope="module")
def _once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Draft]:
    where = tmp_path_factory.mktemp("image")
    with image_line(where) as line:
        yield line.finish(service(where / "service"), where / "draft")


@pytest.fixture
def made(_once: Draft, tmp_path: Path) -> Draft:
    """An image, the line and the service that it was made from, in folders of the test's own."""
    its = _once.inputs["service"]
    for name, folder in (("line", _once.root), ("draft", _once.folder), ("service", its.folder)):
        shutil.copytree(folder, tmp_path / name)
    inputs = {**_once.inputs, "service": replace(its, folder=tmp_path / "service")}
    return replace(_once, root=tmp_path / "line", folder=tmp_path / "draft", inputs=inputs)


def said(verdict: Verdict) -> list[str]:
    return [str(message) for message in verdict.evidence]


def test_passes_an_image_that_comes_out_the_same(made: Draft, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in made.folder.rglob("*") if path.is_file()}
    verdict = Reproducible().check(made)
    assert (verdict.outcome, verdict.evidence) == (Outcome.PASSED, ())
    assert {path: path.read_bytes() for path in made.folder.rglob("*") if path.is_file()} == before


def test_names_the_layer_that_comes_out_differently(made: Draft, tmp_path: Path) -> None:
    put(made.inputs["service"].folder, {"model/weights.bin": "of another training"})
    verdict = Reproducible().check(made)
    assert verdict.outcome is Outcome.FAILED
    (message,) = said(verdict)
    assert message.startswith("layer 6 comes out differently each time: COPY model/ /opt/relevo/service/")


@pytest.mark.parametrize(
    ("edit", "layer"),
    [
        (lambda lines: [*lines, "COPY Dockerfile /opt/"], "layer 7 comes out differently each time: COPY Dockerfile"),
        (lambda lines: [line for line in lines if "COPY model" not in line], "layer 6 comes out differently each"),
    ],
    ids=["one more", "one less"],
)
def test_names_a_layer_that_only_one_of_the_two_has(
    edit: Callable[[list[str]], list[str]], layer: str, made: Draft
) -> None:
    dockerfile = made.root / "image" / "Dockerfile"
    dockerfile.write_text("\n".join(edit(dockerfile.read_text().splitlines())))
    verdict = Reproducible().check(made)
    assert verdict.outcome is Outcome.FAILED
    assert any(message.startswith(layer) for message in said(verdict))


def test_says_that_it_is_started_in_another_way(made: Draft) -> None:
    layout = Layout(made.folder / "oci")
    write(layout.folder, {**layout.config, "config": {**layout.config["config"], "User": "0"}}, layout.layers)
    verdict = Reproducible().check(made)
    assert verdict.outcome is Outcome.FAILED
    assert said(verdict) == ["the layers are the same, but not how the image is started, or its labels"]


def test_an_image_that_cannot_be_built_again_has_failed(made: Draft) -> None:
    put(made.root, {"image/Dockerfile": "FROM ${BASE}\nRUN date > /now\n"})
    verdict = Reproducible().check(made)
    assert verdict.outcome is Outcome.FAILED
    assert "line 2" in said(verdict)[0]


def test_a_label_of_the_dockerfile_that_changes_is_seen(made: Draft) -> None:
    dockerfile = made.root / "image" / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text() + "LABEL built=now\n")
    assert Reproducible().check(made).outcome is Outcome.FAILED
