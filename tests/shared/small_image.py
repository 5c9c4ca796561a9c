"""Images small enough to be made in a test: bases as layouts, archives as engines save them, wheels, and a service."""

import gzip
import hashlib
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_engine import FakeProgram

from relevo.cli.adding import files
from relevo.core.artifact import Artifact, Draft, Input, Made
from relevo.core.settings import DataSettings, ImageSettings, LineSettings, Settings
from relevo.core.version import Version
from relevo.image.builders.oci import Oci
from relevo.image.oci.archive import compress
from relevo.image.oci.layout import Layout, write
from relevo.image.stage import ImageStage
from relevo.testing import Recorded
from relevo.tools.files import digests

#: What this machine is called by images.
ARCHITECTURE = Oci(()).architecture()

Member = tuple[tarfile.TarInfo, bytes]


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def file(name: str, content: bytes = b"", mode: int = 0o644, **more: Any) -> Member:
    """`more` are attributes of the TarInfo: `mtime=1`, `pax_headers={…}`."""
    return _member(name, tarfile.REGTYPE, content, mode=mode, size=len(content), **more)


def folder(name: str, mode: int = 0o755, **more: Any) -> Member:
    return _member(name, tarfile.DIRTYPE, mode=mode, **more)


def link(name: str, target: str, **more: Any) -> Member:
    return _member(name, tarfile.SYMTYPE, linkname=target, mode=0o777, **more)


def hardlink(name: str, target: str, **more: Any) -> Member:
    return _member(name, tarfile.LNKTYPE, linkname=target, **more)


def _member(name: str, kind: bytes, content: bytes = b"", **attributes: Any) -> Member:
    member = tarfile.TarInfo(name)
    member.type = kind
    for attribute, value in attributes.items():
        setattr(member, attribute, value)
    return member, content


def tar(*members: Member) -> bytes:
    """A layer."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def listed(content: bytes) -> Iterator[Member]:
    """What is in a tar, in its order."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            its = archive.extractfile(member) if member.isreg() else None
            yield member, its.read() if its else b""


def config_of(layers: Sequence[bytes], **run: Any) -> dict[str, Any]:
    """A config as an engine writes it; `run` is how a container is started: `User="1"`."""
    return {
        "architecture": ARCHITECTURE,
        "os": "linux",
        "created": "2026-01-02T03:04:05Z",
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": [sha256(layer) for layer in layers]},
        "history": [{"created_by": f"layer {place}"} for place, _ in enumerate(layers)],
    }


def laid_out(where: Path, *layers: bytes, **run: Any) -> Layout:
    """The image of these layers as a layout."""
    made = [compress(iter([layer]), where) for layer in layers]
    return write(where, config_of(layers, **run), made)


def save(path: Path, layers: Sequence[bytes], config: Mapping[str, Any], zipped: bool = False) -> Path:
    """An archive of `docker save`, or of newer engines, which save the layers `zipped`."""
    told = json.dumps(config).encode()
    names = [f"{place}/layer.tar" for place, _ in enumerate(layers)]
    manifest = [{"Config": "config.json", "RepoTags": ["localhost/x:1"], "Layers": names}]
    contents = [gzip.compress(layer) if zipped else layer for layer in layers]
    path.write_bytes(
        tar(
            file("manifest.json", json.dumps(manifest).encode()),
            file("config.json", told),
            *(file(name, content) for name, content in zip(names, contents, strict=True)),
        )
    )
    return path


#: As `python:3.12-slim` is laid out, as far as relevo looks at it.
PYTHON_LAYER = tar(
    folder("etc"),
    file("etc/os-release", b'ID=debian\nVERSION_ID="12"\n'),
    link("lib", "usr/lib"),
    folder("root", 0o700),
    folder("tmp", 0o1777),
    folder("usr"),
    folder("usr/lib"),
    folder("usr/local"),
    folder("usr/local/bin"),
    file("usr/local/bin/pip", b"#!", 0o755),
    file("usr/local/bin/pip3", b"#!", 0o755),
    link("usr/local/bin/python3", "python3.12"),
    file("usr/local/bin/python3.12", b"\x7fELF", 0o755),
    folder("usr/local/lib"),
    folder("usr/local/lib/python3.12"),
    folder("usr/local/lib/python3.12/ensurepip"),
    file("usr/local/lib/python3.12/ensurepip/__init__.py"),
    folder("usr/local/lib/python3.12/site-packages"),
    folder("usr/local/lib/python3.12/site-packages/pip"),
    file("usr/local/lib/python3.12/site-packages/pip/__init__.py"),
    file("usr/local/lib/python3.12/site-packages/README.txt"),
    folder("var"),
    folder("var/lib"),
    folder("var/lib/dpkg"),
    file("var/lib/dpkg/status", b"Package: libc6\nStatus: install ok installed\nVersion: 2.36-9\n"),
)


def python_base(where: Path) -> Layout:
    """A base image with Python 3.12 for this machine."""
    return laid_out(where, PYTHON_LAYER, Env=["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"], Cmd=["python3"])


def wheel(  # noqa: PLR0917
    where: Path,
    name: str,
    version: str = "1.0",
    tag: str = "py3-none-any",
    files: Mapping[str, bytes] | None = None,
    metadata: bytes = b"",
) -> str:
    """A wheel in the folder `where`; its line in a locked list."""
    info = f"{name}-{version}.dist-info"
    contents = {
        f"{name}/__init__.py": b"",
        **(files or {}),
        f"{info}/METADATA": metadata or f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    contents[f"{info}/RECORD"] = "".join(f"{its},,\n" for its in (*contents, f"{info}/RECORD")).encode()
    path = where / f"{name}-{version}-{tag}.whl"
    where.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for its, content in contents.items():
            archive.writestr(zipfile.ZipInfo(its), content)
    return f"{name}=={version} --hash={sha256(path.read_bytes())}\n"


def no_index(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """For uv there are no other packages than those in folders, and no network."""
    for name in [name for name in os.environ if name.startswith("UV_")]:
        monkeypatch.delenv(name)
    (cache / "index").mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("UV_CACHE_DIR", str(cache))
    monkeypatch.setenv("UV_DEFAULT_INDEX", (cache / "index").as_uri())
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")


def put(root: Path, contents: Mapping[str, str | bytes]) -> Path:
    """Files in a folder."""
    for name, content in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def artifact(stage: str, version: str, where: Path = Path(), **more: Any) -> Artifact:
    """An artifact of the line «quejas»."""
    return Artifact(
        **{
            "line": "quejas",
            "stage": stage,
            "version": Version.parse(version),
            "input_digest": "",
            "output_digest": hashlib.sha256(f"{stage} {version}".encode()).hexdigest(),
            "recipe": {},
            "files": digests(where) if where.parts else {},
            "inputs": {},
            "facts": {},
            "changes": (),
            "verdicts": (),
            "made_at": "",
            "tool": "",
            "folder": where,
            **more,
        }
    )


def service(where: Path, weights: bytes = b"1") -> Artifact:
    """A service artifact: its files are named as those of a real one, and never opened."""
    contents = {
        "app.py": "service = …\n",
        "own/words.py": "",
        "openapi.json": '{"info": {"version": "1.0.0"}}',
        "service.json": "{}",
        "model/model.json": "{}",
        "model/weights.bin": weights,
    }
    return artifact("service", "1.0.0", put(where, contents))


def settings(**image: Any) -> Settings:
    """The settings of a line whose `[image]` says `image`."""
    columns = {"texto": "text", "grupo": "label"}
    return Settings(LineSettings("quejas"), DataSettings("quejas.csv", columns), image=ImageSettings(**image))


#: What the stage finds out about an image.
FACTS: Mapping[str, Any] = {
    "ports": ["8080/tcp"],
    "health": {"live": "/health/live", "ready": "/health/ready"},
    "variables": {"required": [], "optional": ["RELEVO_PORT"]},
    "volumes": [],
    "user": "10001:0",
    "entrypoint": ["python3", "-m", "relevo_runtime"],
    "platform": f"linux/{ARCHITECTURE}",
    "python": "3.12",
    "os": "debian 12",
    "base": {"name": "python:3.12-slim", "digest": "sha256:" + "b" * 64},
    "layers": [],
    "base_layers": 1,
    "packages": {"msgspec": "0.20.0", "numpy": "2.3.4"},
    "base_packages": {"libc6": "2.36-9"},
}


def draft(root: Path, where: Path, **facts: Any) -> Draft:
    """An image 1.0.0 on its way, in the folder `where` of the line in `root`."""
    data = artifact("data", "1.1.0")
    model = artifact(
        "model",
        "1.1.0",
        inputs={"data": Input(data.version, data.output_digest)},
        facts={"accuracy": 0.93, "groups": ["cobros", "tarjeta"]},
    )
    return Draft(
        stage="image",
        version=Version(1, 0, 0),
        folder=where,
        output_digest="0" * 64,
        facts={**FACTS, **facts},
        inputs={"data": data, "model": model, "service": artifact("service", "1.1.0")},
        base=None,
        changes=(),
        settings=settings(),
        root=root,
    )


def scaffolded(root: Path) -> Path:
    """A line with the files of a new image, whose one package lies beside its list."""
    put(root, files("quejas", "python:3.12-slim", "en"))
    return put(root, {"image/requirements.txt": wheel(root / "image" / "wheels", "tiny")})


@contextmanager
def image_line(where: Path) -> Iterator["ImageLine"]:
    """An `ImageLine` in `where`; there is an engine in the block, which says yes to everything."""
    (where / "programs").mkdir()
    FakeProgram(where / "programs", "podman")
    with pytest.MonkeyPatch.context() as patch:
        no_index(patch, where / "uv")
        patch.setenv("PATH", str(where / "programs"))
        patch.delenv("CONTAINER_HOST", raising=False)
        yield ImageLine(where)


class ImageLine:
    """A line whose images are made without an engine, on `python_base`; all that is made lies in `where`."""

    def __init__(self, where: Path) -> None:
        self.root = scaffolded(where / "line")
        self.base = python_base(where / "base")
        self.settings = settings(builder="oci", base=f"oci:{where / 'base'}")
        self.stage = ImageStage(self.root, self.settings)
        self.progress = Recorded()

    def make(self, service: Artifact, where: Path) -> Made:
        where.mkdir(parents=True)
        return self.stage.make({"service": service}, where, self.progress)

    def finish(self, service: Artifact, where: Path) -> Draft:
        """Made, and ready for the gates."""
        made = self.make(service, where)
        ready = draft(self.root, where)
        inputs = {**ready.inputs, "service": service}
        ready = replace(ready, facts=made.facts, settings=self.settings, inputs=inputs)
        self.stage.finish(ready)
        return ready
