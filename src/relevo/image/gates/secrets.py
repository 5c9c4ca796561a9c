"""No secret is in the image: no file of secrets (`.env`, `.git`, private keys …), no password, no key written out.

Every layer above the base is looked into on its own, since what a later one deletes is still in it; so are variables,
labels and the history. Forms of known keys, passwords in assignments and addresses, and literals as random as a key are
looked for. Files whose content is known are not read: packages from the locked list, those of the distribution, the
runtime, the model. A comment `relevo: not-a-secret` excuses one finding of its line; a Dockerfile has it on the line
above. The evidence shows where, and at most the first four characters.
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.image.gates.looking import SHOWN, LookingGate, Places, files, own_layers
from relevo.image.labels import OCI
from relevo.image.oci.layout import Layout
from relevo.image.secrets.known import Known, is_list
from relevo.image.secrets.leaks import EXCUSE, Leak, is_text, leaks

#: Files and folders that hold secrets whatever is in them.
_NAMES = re.compile(
    r"(?:.*/)?(?:"
    r"\.env(?:\.(?!example$|sample$|template$|dist$)[\w-]+)?|\.git|\.git-credentials|[._]netrc|\.pypirc|\.pgpass"
    r"|\.htpasswd|\.vault-token|\.dockercfg|\.docker/config\.json|\.aws/credentials|\.kube/config"
    r"|kubeconfig(?:\.ya?ml)?|application_default_credentials\.json|id_(?:rsa|dsa|ecdsa|ed25519)(?:[._-](?!pub$)[\w.-]*)?"
    r"|[^/]+\.(?:p12|pfx|jks|keystore|kdbx|ppk)"
    r")"
)
#: Files where values need no quotes.
_UNQUOTED = re.compile(r"(?:.*/)?(?:[^/.]+|\.[^/.]+|[^/]+\.(?:ini|cfg|conf|cnf|properties|ya?ml|toml|sh|env))")


class Secrets(LookingGate):
    name: ClassVar[str] = "secrets"

    def look(self, draft: Draft, layout: Layout) -> Verdict:
        places = Places(draft, layout)
        found = [*_in_layers(draft, layout, places), *_in_config(draft, layout, places)]
        return Verdict.of(
            self.name,
            not found,
            measured=len(found),
            limit=0,
            unit="findings",
            evidence=(*found[:SHOWN], *_ADVICE) if found else (),
        )


_ADVICE = (
    Message(
        N_("what is deleted later is still in the image: keep it out from the start, and change it, since it was seen")
    ),
    Message(
        N_("what is no secret is excused by a comment on its line, in a Dockerfile on the line above: {words}"),
        {"words": EXCUSE},
    ),
)


def _in_layers(draft: Draft, layout: Layout, places: Places) -> Iterator[Message]:
    known, base_layers = Known(draft), draft.facts["base_layers"]
    for layer in layout.layers[base_layers:]:
        for name, content in files(layout, layer, lambda name: is_list(name, known.packages)):
            known.add(name, content)
    for place, layer in enumerate(layout.layers[base_layers:], base_layers):
        named: set[str] = set()
        for name, content in files(layout, layer, lambda _: True):
            if known.is_listed(name, content):
                continue
            if telling := by_name(name):
                named.add(telling)
            elif not known.is_ours(content):
                for leak in _leaks(name, content):
                    yield leak.message(f"/{name}:{leak.line} ({places.of_layer(place)})")
        for name in sorted(named):
            text = N_("`{path}` is for secrets, by its name: {place}")
            yield Message(text, {"path": f"/{name}", "place": places.of_layer(place)})


def by_name(path: str) -> str:
    """The file, or the folder that it is in, that is for secrets by its name; "" when none is."""
    parts = path.split("/")
    heads = ("/".join(parts[:length]) for length in range(1, len(parts) + 1))
    return next((head for head in heads if _NAMES.fullmatch(head)), "")


def _leaks(name: str, content: bytes) -> list[Leak]:
    if not is_text(content):
        return leaks(content.decode("latin-1"), words=False)
    return leaks(content.decode(errors="replace"), unquoted=_UNQUOTED.fullmatch(name) is not None)


def _in_config(draft: Draft, layout: Layout, places: Places) -> Iterator[Message]:
    seen: set[str] = set()
    for what, text in _told(draft, layout, places):
        for leak in leaks(text, unquoted=True):
            line = _line(leak.value, places)
            if leak.value in seen or (line and EXCUSE in _above(line, places)):
                continue
            seen.add(leak.value)
            yield leak.message(places.at(line) if line else what)


def _told(draft: Draft, layout: Layout, places: Places) -> Iterator[tuple[str, str]]:
    """What the config has beyond that of the base: what it is, and its text."""
    run: dict[str, Any] = layout.config["config"]
    dockerfile = "\n".join(places.lines)
    offered = [name for names in draft.facts["variables"].values() for name in names]
    for pair in run.get("Env") or ():
        name = pair.partition("=")[0]
        if name in offered or name in dockerfile:
            yield f"ENV {name}", pair
    for name, value in (run.get("Labels") or {}).items():
        if name.startswith((OCI, "relevo.")) or name in dockerfile:
            yield f"LABEL {name}", f"{name}={value}"
    for layer in own_layers(draft, layout):
        yield places.dockerfile, layer.by


def _line(value: str, places: Places) -> int:
    """The line of the Dockerfile that says `value`, 0 when none does."""
    return next((number for number, line in enumerate(places.lines, 1) if value in line), 0)


def _above(line: int, places: Places) -> str:
    """The line, and the comment right above it."""
    above = places.lines[line - 2] if line > 1 else ""
    return places.lines[line - 1] + (above if above.lstrip().startswith("#") else "")
