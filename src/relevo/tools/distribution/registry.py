"""One container registry: what is in it, what is pulled from it and what is pushed to it."""

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from relevo.core.errors import NotFoundError
from relevo.core.message import N_
from relevo.tools.distribution import failures
from relevo.tools.distribution.connection import ignore
from relevo.tools.distribution.credentials import Credentials
from relevo.tools.distribution.descriptor import EMPTY, INDEX, INDEXES, MANIFEST, MANIFESTS, Descriptor, dumps
from relevo.tools.distribution.transport import Call, Transport
from relevo.tools.files import sha256, sync, unreadable, unwritable

if TYPE_CHECKING:
    from relevo.tools.http import Answer

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NEXT = re.compile(r'<([^>]+)>\s*;\s*rel="?next"?')
#: A longer list of referrers has no end.
_PAGES = 100
_ACCEPT = {"Accept": ", ".join(MANIFESTS)}


class Registry:
    """`host` and every `repository` as in a `Reference`; a `name` is a tag, or a digest `sha256:…`.

    Every method raises OutsideError when the registry cannot be reached, refuses, fails, or gives what does not have
    its digest. `progress` is told how many bytes of a blob are through.

    >>> python = Reference.parse("python:3.12-slim")
    >>> Registry(python.host, Credentials()).resolve(python.repository, python.name)
    Descriptor(media_type='application/vnd.oci.image.index.v1+json', digest='sha256:…', size=…, …)
    """

    def __init__(self, host: str, credentials: Credentials) -> None:
        self.host = host
        self._transport = Transport(host, credentials)

    def resolve(self, repository: str, name: str) -> Descriptor | None:
        """What `name` stands for now; None when there is no such tag, digest or repository."""
        call = Call("HEAD", repository, name, f"/v2/{repository}/manifests/{name}", headers=_ACCEPT)
        answer = self._transport.ask(call, 200, 404)
        if answer.status == 404:
            return None
        digest, size = _said(answer, ""), answer.headers.get("content-length", "")
        if not digest or not size.isdecimal() or not _media_type(answer):
            return self.manifest(repository, name)[0]  # the specification lets a registry leave them out
        if _DIGEST.fullmatch(name) and digest != name:
            raise failures.damaged(self.host, call.what, digest, name)
        return Descriptor(_media_type(answer), digest, int(size))

    def manifest(self, repository: str, name: str) -> tuple[Descriptor, bytes]:
        """The manifest or index as it was pushed, byte for byte."""
        call = Call("GET", repository, name, f"/v2/{repository}/manifests/{name}", headers=_ACCEPT)
        answer = self._transport.ask(call, 200)
        digest = _digest(answer.body)
        said = name if _DIGEST.fullmatch(name) else _said(answer, digest)
        if digest != said:
            raise failures.damaged(self.host, call.what, digest, said)
        content = answer.json()
        if not isinstance(content, dict):
            raise failures.unexpected(self.host, call.what)
        return Descriptor(str(content.get("mediaType") or _media_type(answer)), digest, len(answer.body)), answer.body

    def platform_manifest(self, repository: str, name: str, platform: str = "linux/amd64") -> tuple[Descriptor, bytes]:
        """The manifest for a platform: the first of an index; `name` itself, whatever it is for, when it is no index.

        Raises NotFoundError when the index has none for that platform.
        """
        found, content = self.manifest(repository, name)
        if found.media_type not in INDEXES:
            return found, content
        digests: dict[str, str] = {}
        for one in self._index(f"{repository}@{found.digest}", content)["manifests"]:
            made_for = one.get("platform") or {}
            digests.setdefault(f"{made_for.get('os')}/{made_for.get('architecture')}", one["digest"])
        if platform not in digests:
            raise NotFoundError(
                "platform-missing",
                N_("`{name}` is not made for `{platform}`, only for {known}"),
                name=f"{self.host}/{repository}@{found.digest}",
                platform=platform,
                known=", ".join(f"`{known}`" for known in digests if known != "unknown/unknown"),
            )
        return self.manifest(repository, digests[platform])

    def has_blob(self, repository: str, digest: str) -> bool:
        """Whether the repository has it already."""
        return self._has(repository, digest, push=False)

    def pull_blob(self, repository: str, digest: str, target: Path, progress: Callable[[int], None] = ignore) -> None:
        """To `target`, whose folder is made; it is there whole or not at all, at whatever moment this is killed."""
        call = Call("GET", repository, digest, f"/v2/{repository}/blobs/{digest}")
        aside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        summed, done = hashlib.sha256(), 0
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with aside.open("wb") as file:
                    for block in self._transport.stream(call):
                        file.write(block)
                        summed.update(block)
                        done += len(block)
                        progress(done)
                    file.flush()
                    os.fsync(file.fileno())
                if (found := f"sha256:{summed.hexdigest()}") != digest:
                    raise failures.damaged(self.host, call.what, found, digest)
                aside.replace(target)
            finally:
                aside.unlink(missing_ok=True)
            sync(target.parent)
        except OSError as error:
            raise unwritable(target, error) from error

    def push_blob(self, repository: str, path: Path, digest: str, progress: Callable[[int], None] = ignore) -> None:
        """The content of `path`, unless the repository has it already. The registry checks the digest."""
        try:
            size = path.stat().st_size
        except OSError as error:
            raise unreadable(path, error) from error
        self._push(repository, path, size, digest, progress)

    def push_manifest(self, repository: str, name: str, content: bytes, media_type: str) -> str:
        """`content` under its digest, and under `name` when that is a tag; moves a tag that is there. Its digest."""
        self._put(repository, name, content, media_type)
        return _digest(content)

    def attach(  # noqa: PLR0913  what a referrer consists of
        self,
        repository: str,
        subject: Descriptor,
        path: Path,
        *,
        media_type: str,
        artifact_type: str,
        annotations: Mapping[str, str],
    ) -> Descriptor:
        """The content of `path` as a referrer of `subject`, which is in `repository`; the same again changes nothing.

        Where the registry does not list referrers itself, the tag `sha256-…` lists them, as the specification says.
        Who changes that tag at the same moment may be overwritten.
        """
        try:
            layer = Descriptor(media_type, f"sha256:{sha256(path)}", path.stat().st_size)
        except OSError as error:
            raise unreadable(path, error) from error
        config = Descriptor(EMPTY, _digest(b"{}"), 2)
        self.push_blob(repository, path, layer.digest)
        self._push(repository, b"{}", config.size, config.digest, ignore)
        content = dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "artifactType": artifact_type,
                "config": config.to_json(),
                "layers": [layer.to_json()],
                "subject": Descriptor(subject.media_type, subject.digest, subject.size).to_json(),
                "annotations": dict(annotations),
            }
        )
        made = Descriptor(MANIFEST, _digest(content), len(content), artifact_type, annotations)
        answer = self._put(repository, made.digest, content, MANIFEST)
        if answer.headers.get("oci-subject") != subject.digest:
            self._tag(repository, subject.digest, made)
        return made

    def referrers(self, repository: str, digest: str) -> list[Descriptor]:
        """What is attached to the manifest `digest`; empty also when there is no such manifest."""
        found: list[dict[str, Any]] = []
        target = f"/v2/{repository}/referrers/{digest}"
        for _ in range(_PAGES):
            call = Call("GET", repository, digest, target, headers={"Accept": INDEX})
            answer = self._transport.ask(call, 200, 404)
            page = self._tagged(repository, digest) if answer.status == 404 else self._index(call.what, answer.body)
            found += page["manifests"]
            following = _NEXT.search(answer.headers.get("link", ""))
            if not following:
                return [Descriptor.from_json(one) for one in found]
            target = following[1]
        raise failures.unexpected(self.host, call.what)

    def _tagged(self, repository: str, digest: str) -> dict[str, Any]:
        """The index of the tag that lists the referrers of `digest` where the registry does not; empty without one."""
        tag = digest.replace(":", "-")
        if not self.resolve(repository, tag):
            return {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}
        return self._index(f"{repository}:{tag}", self.manifest(repository, tag)[1])

    def _tag(self, repository: str, digest: str, made: Descriptor) -> None:
        index = self._tagged(repository, digest)
        if all(one["digest"] != made.digest for one in index["manifests"]):
            index["manifests"].append(made.to_json())
            self._put(repository, digest.replace(":", "-"), dumps(index), INDEX)

    def _index(self, what: str, content: bytes) -> dict[str, Any]:
        try:
            index: dict[str, Any] = json.loads(content)
            for one in index["manifests"]:
                Descriptor.from_json(one)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise failures.unexpected(self.host, what) from None
        return index

    def _has(self, repository: str, digest: str, push: bool) -> bool:
        call = Call("HEAD", repository, digest, f"/v2/{repository}/blobs/{digest}", push)
        return self._transport.ask(call, 200, 404).status == 200

    def _push(
        self, repository: str, content: bytes | Path, size: int, digest: str, progress: Callable[[int], None]
    ) -> None:
        if self._has(repository, digest, push=True):
            progress(size)
            return
        begin = Call("POST", repository, digest, f"/v2/{repository}/blobs/uploads/", push=True)
        location = self._transport.ask(begin, 202).headers.get("location", "")
        if not location:
            raise failures.unexpected(self.host, begin.what)
        target = f"{urljoin(begin.target, location)}{'&' if '?' in location else '?'}digest={quote(digest)}"
        headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
        self._transport.ask(Call("PUT", repository, digest, target, True, headers, content, progress), 201)

    def _put(self, repository: str, name: str, content: bytes, media_type: str) -> "Answer":
        headers = {"Content-Type": media_type}
        call = Call("PUT", repository, name, f"/v2/{repository}/manifests/{name}", True, headers, content)
        answer = self._transport.ask(call, 200, 201)
        ours = _digest(content)
        if (theirs := _said(answer, ours)) != ours:
            raise failures.damaged(self.host, call.what, theirs, ours)
        return answer


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _said(answer: "Answer", otherwise: str) -> str:
    """The digest that the registry says, when it is a SHA-256."""
    said = answer.headers.get("docker-content-digest", "")
    return said if _DIGEST.fullmatch(said) else otherwise


def _media_type(answer: "Answer") -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip()
