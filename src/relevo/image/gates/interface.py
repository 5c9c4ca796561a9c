"""What whoever deploys the image relies on is there and is so: a numeric user, one port, an entrypoint without a shell.

Also: the labels that say where health is asked and which variables are required, no HEALTHCHECK, since the
orchestrator asks, no volume over the service's own folders, the labels that tell the version and what the image was
made from, and a bill of materials of this very image.
"""

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from relevo.calls.names import OPENAPI, SERVICE
from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.image.dockerfile import last_stage
from relevo.image.facts import HEALTH, REQUIRED, environment
from relevo.image.gates.looking import LookingGate, Places, own_tree
from relevo.image.labels import described
from relevo.image.oci.layout import Layout
from relevo.image.stage import SBOM

_SHELLS = ("sh", "ash", "bash", "dash", "zsh")


@dataclass(frozen=True)
class Promise:
    """An image, and where its Dockerfile says what."""

    draft: Draft
    layout: Layout
    places: Places

    @property
    def run(self) -> Mapping[str, Any]:
        """How the config says that a container is run."""
        run: Mapping[str, Any] = self.layout.config["config"]
        return run

    @property
    def labels(self) -> Mapping[str, str]:
        return self.run.get("Labels") or {}


Check = Callable[[Promise], Iterator[Message]]


class Interface(LookingGate):
    name: ClassVar[str] = "interface"

    def look(self, draft: Draft, layout: Layout) -> Verdict:
        promise = Promise(draft, layout, Places(draft, layout))
        broken = [tuple(check(promise)) for check in CHECKS]
        kept = sum(not found for found in broken)
        evidence = tuple(message for found in broken for message in found)
        return Verdict.of(self.name, not evidence, measured=kept, limit=len(CHECKS), unit="checks", evidence=evidence)


def user(promise: Promise) -> Iterator[Message]:
    """A number that is not root; of group 0, or of none that is named."""
    its = promise.run.get("User") or ""
    if not re.fullmatch(r"[1-9]\d*(:0)?", its):
        yield Message(
            N_("{place}: the user is `{user}`, and must be a number other than 0, of group 0: USER 10001:0"),
            {"place": promise.places.of_instruction("USER"), "user": its or "root"},
        )


def port(promise: Promise) -> Iterator[Message]:
    """Exactly one of TCP."""
    ports = [its for its in promise.run.get("ExposedPorts") or {} if its.partition("/")[2] in {"", "tcp"}]
    if len(ports) != 1:
        yield Message(
            N_("{place}: there must be exactly one TCP port, and there are: {ports}; write EXPOSE 8080"),
            {"place": promise.places.of_instruction("EXPOSE"), "ports": ", ".join(sorted(ports)) or "—"},
        )


def entrypoint(promise: Promise) -> Iterator[Message]:
    """The program itself: a shell in between would not hand on the signal to stop."""
    words: list[str] = promise.run.get("Entrypoint") or []
    place = promise.places.of_instruction("ENTRYPOINT")
    if not words:
        yield Message(
            N_('{place}: there is no ENTRYPOINT; write one as a list: ENTRYPOINT ["python3", …]'), {"place": place}
        )
    elif posixpath.basename(words[0]) in _SHELLS and any(re.fullmatch(r"-\w*c", word) for word in words[1:3]):
        yield Message(
            N_('{place}: ENTRYPOINT goes through a shell ({words}); write it as a list: ENTRYPOINT ["python3", …]'),
            {"place": place, "words": " ".join(words[:2])},
        )


def probe(promise: Promise) -> Iterator[Message]:
    """None of the image's own. An engine that makes OCI images drops it silently, so the Dockerfile is asked, too."""
    test = (promise.run.get("Healthcheck") or {}).get("Test") or ["NONE"]
    written = [each for each in last_stage(promise.places.instructions) if each.name == "HEALTHCHECK"]
    if test != ["NONE"] or (written and written[-1].text.upper() != "NONE"):
        yield Message(
            N_("{place}: HEALTHCHECK must go, since the orchestrator asks for the health"),
            {"place": promise.places.of_instruction("HEALTHCHECK")},
        )


def health(promise: Promise) -> Iterator[Message]:
    """Both labels, each an address of the service."""
    for label in HEALTH.values():
        if not promise.labels.get(label, "").startswith("/"):
            yield Message(
                N_("{place}: the label `{label}` must say where the health is asked, and says `{value}`"),
                {
                    "place": promise.places.of_instruction("LABEL"),
                    "label": label,
                    "value": promise.labels.get(label) or "—",
                },
            )


def variables(promise: Promise) -> Iterator[Message]:
    """The label is there; it may be empty."""
    if REQUIRED not in promise.labels:
        yield Message(
            N_('{place}: the label `{label}` must say which variables a container needs; with none: LABEL {label}=""'),
            {"place": promise.places.of_instruction("LABEL"), "label": REQUIRED},
        )


def volumes(promise: Promise) -> Iterator[Message]:
    """None that would hide what the image brings."""
    for volume in sorted(promise.run.get("Volumes") or {}):
        hidden = [folder for folder in _own_folders(promise) if _over(volume.strip("/"), folder)]
        if hidden:
            yield Message(
                N_("{place}: the volume `{volume}` would hide `{folder}`, which the service needs"),
                {"place": promise.places.of_instruction("VOLUME"), "volume": volume, "folder": f"/{hidden[0]}"},
            )


def _own_folders(promise: Promise) -> list[str]:
    """Those of the service, and those that Python looks into."""
    tree = own_tree(promise.draft, promise.layout)
    services = (posixpath.dirname(name) for name in tree if posixpath.basename(name) == SERVICE)
    code = environment(promise.layout.config).get("PYTHONPATH", "").split(":")
    return [
        *(folder for folder in services if posixpath.join(folder, OPENAPI) in tree),
        *(folder.strip("/") for folder in code if folder.strip("/")),
    ]


def _over(volume: str, folder: str) -> bool:
    """Whether one of them lies in the other."""
    return f"{folder}/".startswith(f"{volume}/" if volume else "") or f"{volume}/".startswith(f"{folder}/")


def told(promise: Promise) -> Iterator[Message]:
    """The version, the base and what the image was made from, as the labels say it."""
    for label, value in described(promise.draft, "", "", "").items():
        if promise.labels.get(label) != value:
            yield Message(
                N_("the label `{label}` says `{told}`, and it is `{value}`"),
                {"label": label, "told": promise.labels.get(label) or "—", "value": value},
            )


def bill(promise: Promise) -> Iterator[Message]:
    """The bill of materials is that of this image."""
    try:
        content = json.loads((promise.draft.folder / SBOM).read_bytes())
        named = [str(each["content"]) for each in content["metadata"]["component"]["hashes"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Message(
            N_("the bill of materials `{file}` cannot be read: {reason}"),
            {"file": SBOM, "reason": f"{type(error).__name__}: {error}"},
        )
        return
    image_id = promise.layout.image_id
    if image_id.removeprefix("sha256:") not in named:
        yield Message(
            N_("the bill of materials `{file}` is of another image: {named}, and this is {image}"),
            {"file": SBOM, "named": ", ".join(named) or "—", "image": image_id},
        )


CHECKS: tuple[Check, ...] = (user, port, entrypoint, probe, health, variables, volumes, told, bill)
