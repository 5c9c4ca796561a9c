"""What an image says of itself: its version and where it comes from, and nothing of who built it, and when."""

from pathlib import Path
from typing import Any

import pytest
from small_image import ARCHITECTURE, FACTS, config_of, draft, file, laid_out, tar

from relevo.core.artifact import Artifact
from relevo.image.dockerfile import parse
from relevo.image.labels import described, lineage, plain, stamp
from relevo.image.oci.layout import Layout

ONE, TWO = tar(file("a")), tar(file("b"))
OWN = parse("RUN rm -rf /a\nCOPY b /b\n")
RUN = {"User": "1", "Env": ["B=2", "A=1"], "Labels": {"a": "b"}, "WorkingDir": "/opt"}

#: As buildah, podman and docker write down the same image.
WRITTEN: dict[str, dict[str, Any]] = {
    "buildah": {
        "created": "1970-01-01T00:00:00Z",
        "config": {**RUN, "Labels": {"a": "b", "io.buildah.version": "1.28.2"}},
        "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "/bin/sh -c #(nop) ADD file"}],
    },
    "podman": {
        "created": "2026-01-01T00:00:00Z",
        "author": "ana",
        "config": {**RUN, "Env": ["A=1", "B=2"], "Labels": {"a": "b", "io.buildah.version": "1.40"}, "Cmd": None},
    },
    "docker": {
        "container": "0123",
        "docker_version": "20.10",
        "container_config": {"Hostname": "0123"},
        "variant": "",
        "config": {**RUN, "Hostname": "0123", "Image": "sha256:0", "OnBuild": None, "ExposedPorts": {}, "Cmd": []},
        "history": [{"created_by": "a"}, {"created_by": "b"}, {"created_by": "c", "empty_layer": True}],
    },
}


@pytest.mark.parametrize("builder", WRITTEN)
def test_whoever_built_it_the_image_is_the_same(builder: str) -> None:
    written = {**config_of([ONE, ONE, TWO]), **WRITTEN[builder]}
    assert plain(written, OWN, 1) == {
        "architecture": ARCHITECTURE,
        "os": "linux",
        "config": {"User": "1", "Env": ["A=1", "B=2"], "Labels": {"a": "b"}, "WorkingDir": "/opt"},
        "rootfs": {"type": "layers", "diff_ids": config_of([ONE, ONE, TWO])["rootfs"]["diff_ids"]},
        "history": [{"created_by": "base"}, {"created_by": "RUN rm -rf /a"}, {"created_by": "COPY b /b"}],
    }


def test_how_it_is_started_stays() -> None:
    run = {
        "User": "1",
        "ExposedPorts": {"80/tcp": {}},
        "Env": ["A=1"],
        "Entrypoint": ["a"],
        "Cmd": ["b"],
        "Volumes": {"/a": {}},
        "Labels": {},
        "WorkingDir": "/opt",
        "StopSignal": "SIGINT",
        "Healthcheck": {"Test": ["NONE"]},
    }
    assert plain(config_of([ONE], **run), [], 1)["config"] == run


def test_the_variant_of_a_processor_stays() -> None:
    assert plain({**config_of([]), "variant": "v8"}, [], 0)["variant"] == "v8"
    assert "variant" not in plain(config_of([]), [], 0)


@pytest.mark.parametrize("layers", [[ONE], [ONE, TWO], [ONE, ONE, TWO, TWO]], ids=["none", "squashed", "one too many"])
def test_where_the_layers_are_not_one_for_each_instruction_nobody_knows_which_made_which(layers: list[bytes]) -> None:
    told = plain(config_of(layers), OWN, 1)["history"]
    assert told == [{"created_by": "base"}, *[{"created_by": ""}] * (len(layers) - 1)]


def test_an_image_that_says_nothing_has_an_empty_environment_and_no_labels() -> None:
    assert plain({**config_of([]), "config": None}, [], 0)["config"] == {"Env": [], "Labels": {}}


def test_plain_it_is_as_before(tmp_path: Path) -> None:
    once = plain(config_of([ONE, ONE, TWO], **RUN), OWN, 1)
    assert plain(once, OWN, 1) == once


def test_the_labels_tell_the_version_the_source_and_the_line_behind_it(tmp_path: Path) -> None:
    made = draft(tmp_path, tmp_path)

    def of(name: str) -> str:
        its: Artifact = made.inputs[name]
        return f"1.1.0 sha256:{its.output_digest}"

    assert described(made, "0123abc", "https://example.org/quejas.git", "2026-01-02T03:04:05Z") == {
        "org.opencontainers.image.title": "quejas",
        "org.opencontainers.image.version": "1.0.0",
        "org.opencontainers.image.revision": "0123abc",
        "org.opencontainers.image.source": "https://example.org/quejas.git",
        "org.opencontainers.image.created": "2026-01-02T03:04:05Z",
        "org.opencontainers.image.base.name": "python:3.12-slim",
        "org.opencontainers.image.base.digest": FACTS["base"]["digest"],
        "relevo.line": "quejas",
        "relevo.data": of("data"),
        "relevo.model": of("model"),
        "relevo.service": of("service"),
    }
    assert set(lineage(made)) == {"relevo.data", "relevo.model", "relevo.service"}


def test_what_nobody_knows_is_left_out(tmp_path: Path) -> None:
    found = described(draft(tmp_path, tmp_path), "", "", "")
    assert "" not in found.values()
    assert {name.rpartition(".")[2] for name in found if name.startswith("org.")} == {
        "title",
        "version",
        "name",
        "digest",
    }


def test_stamped_it_is_the_same_image_with_labels(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, ONE, User="1", Labels={"mine": "1", "relevo.line": "old"})
    before, layers = layout.config, layout.layers
    created = "2026-01-02T03:04:05Z"
    labels = {"relevo.line": "quejas", "org.opencontainers.image.created": created}
    stamped = stamp(layout, labels, "localhost/relevo/quejas:1.0.0")
    assert stamped.layers == layers
    assert stamped.config == {
        **before,
        "created": created,
        "config": {"User": "1", "Labels": {"mine": "1", **labels}},
    }
    assert stamped._descriptor["annotations"]["org.opencontainers.image.ref.name"] == "localhost/relevo/quejas:1.0.0"


def test_stamped_twice_it_is_as_stamped_once_and_nothing_of_the_first_is_left(tmp_path: Path) -> None:
    once = stamp(laid_out(tmp_path / "once", ONE, Labels={}), {"a": "2"}, "")
    laid_out(tmp_path / "twice", ONE, Labels={})
    stamp(Layout(tmp_path / "twice"), {"a": "1"}, "")
    twice = stamp(Layout(tmp_path / "twice"), {"a": "2"}, "")
    assert twice.digest == once.digest
    assert sorted(path.name for path in (tmp_path / "twice/blobs/sha256").iterdir()) == sorted(
        path.name for path in (tmp_path / "once/blobs/sha256").iterdir()
    )


def test_without_a_commit_it_was_created_when_its_config_says(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, ONE, Labels={})
    created = layout.config["created"]
    assert stamp(layout, {"a": "1"}, "").config["created"] == created
