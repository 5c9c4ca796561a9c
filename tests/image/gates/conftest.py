"""Drafts of images, good ones and bad ones, that no engine had to build."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from relevo.core.artifact import Artifact, Draft
from relevo.core.settings import DataSettings, ImageSettings, LineSettings, Settings
from relevo.core.version import Version
from relevo.image.dockerfile import layered, parse
from relevo.image.stage import OCI

#: What a base brings, in little.
BASE = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "usr/bin/python3.11": b"",
    "usr/bin/python3": "python3.11",
    "usr/lib/python3.11/tests/test_os.py": b"",
    "var/lib/dpkg/status": b"Package: libc6\nStatus: install ok installed\nSource: glibc\nVersion: 2.36-9+deb12u14\n\n"
    b"Package: gone\nStatus: deinstall ok config-files\nVersion: 1.0\n",
}
DOCKERFILE = """\
ARG BASE
FROM ${BASE}
COPY dependencies/ /opt/relevo/dependencies/
COPY service/ /opt/relevo/service/
ENV PYTHONPATH=/opt/relevo/dependencies
LABEL relevo.health.live=/health/live \\
      relevo.health.ready=/health/ready \\
      relevo.variables.required=""
USER 10001:0
EXPOSE 8080
ENTRYPOINT ["python3", "-m", "relevo_runtime"]
"""
DEPENDENCIES = {
    "opt/relevo/dependencies/h11/__init__.py": b"",
    "opt/relevo/dependencies/h11-0.16.0.dist-info/METADATA": b"",
}
SERVICE = {
    "opt/relevo/service/app.py": b"service = 1\n",
    "opt/relevo/service/service.json": b"{}",
    "opt/relevo/service/openapi.json": b"{}",
}
RUN: dict[str, Any] = {
    "User": "10001:0",
    "ExposedPorts": {"8080/tcp": {}},
    "Env": ["PATH=/usr/bin", "PYTHONPATH=/opt/relevo/dependencies"],
    "Entrypoint": ["python3", "-m", "relevo_runtime"],
    "Labels": {
        "relevo.health.live": "/health/live",
        "relevo.health.ready": "/health/ready",
        "relevo.variables.required": "",
    },
}


def _service() -> Artifact:
    return Artifact("quejas", "service", Version(1, 0, 0), "", "5e" * 32, {}, {}, {}, {}, (), (), "", "")


@pytest.fixture
def image(lay: Callable[..., Any], tmp_path: Path) -> Callable[..., Draft]:
    """image(dependencies, service, …): the draft of an image with these layers above a base; the good one without any.

    `dockerfile` is the text of its Dockerfile, `base` are further files of the base, `facts` further facts, and the
    rest goes into the config.
    """

    def make(*layers: Any, dockerfile: str = DOCKERFILE, base: Any = None, facts: Any = None, **run: Any) -> Draft:
        root = tmp_path / "line"
        (root / "image").mkdir(parents=True, exist_ok=True)
        (root / "image/Dockerfile").write_text(dockerfile, encoding="utf-8")
        own = layers or (DEPENDENCIES, SERVICE)
        told = [str(each) for each in layered(parse(dockerfile))]
        by = ("base", *(told if len(told) == len(own) else [""] * len(own)))
        folder = tmp_path / "draft"
        lay({**BASE, **(base or {})}, *own, folder=folder / OCI, by=by, **{**RUN, **run})
        return Draft(
            stage="image",
            version=Version(1, 0, 0),
            folder=folder,
            output_digest="",
            facts={
                "base": {"name": "example/base:1", "digest": "sha256:ba5e"},
                "base_layers": 1,
                "os": "debian 12",
                "packages": {"h11": "0.16.0"},
                "variables": {"required": [], "optional": []},
                **(facts or {}),
            },
            inputs={"service": _service()},
            base=None,
            changes=(),
            settings=Settings(LineSettings("quejas"), DataSettings("quejas.csv", {})),
            root=root,
        )

    return make


@pytest.fixture
def advised() -> Callable[[Draft, str], Draft]:
    """advised(draft, file): the same draft, to be held against the advisories in `file`."""

    def advised(draft: Draft, file: str) -> Draft:
        return replace(draft, settings=replace(draft.settings, image=ImageSettings(advisories=file)))

    return advised


def said(verdict: Any) -> list[str]:
    return [str(message) for message in verdict.evidence]
