"""What an image promises to whoever deploys it, and how two such promises differ. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from relevo.core.change import Change
from relevo.core.errors import FailureError
from relevo.core.message import N_
from relevo.image.base import Base

#: What the Dockerfile says by labels, because an image has no other place for it.
HEALTH = {"live": "relevo.health.live", "ready": "relevo.health.ready"}
REQUIRED = "relevo.variables.required"
#: Where relevo's runtime is asked, for an image that does not say.
_READY = "/health/ready"
#: Variables that set up the interpreter and the shell: nobody who deploys the image sets them.
_INNER = ("PATH", "PYTHON", "LANG", "LC_", "GPG_KEY")


def facts(config: Mapping[str, Any], base: Base) -> dict[str, Any]:
    """The facts of the image with this config, made from `base`."""
    run = config["config"]
    labels = run.get("Labels") or {}
    required = sorted((labels.get(REQUIRED) or "").split())
    offered = {name for name in environment(config) if name not in base.environment and not name.startswith(_INNER)}
    return {
        "ports": sorted(run.get("ExposedPorts") or {}),
        "health": {name: labels.get(label, "") for name, label in HEALTH.items()},
        "variables": {"required": required, "optional": sorted(offered - set(required))},
        "volumes": sorted(run.get("Volumes") or {}),
        "user": run.get("User") or "",
        "entrypoint": [*(run.get("Entrypoint") or ()), *(run.get("Cmd") or ())],
        "platform": f"{config['os']}/{config['architecture']}",
        "python": base.python,
        "os": base.os,
        "base": {"name": base.name, "digest": base.digest},
    }


def tcp_port(facts: Mapping[str, Any]) -> int:
    """The one port on which the image listens. Raises FailureError when its facts do not say just one."""
    ports = [int(match[1]) for port in facts["ports"] if (match := re.fullmatch(r"(\d+)(?:/tcp)?", port))]
    if len(ports) != 1:
        raise FailureError(
            "no-port",
            N_("the image must say by EXPOSE on which one port it listens, and says: {ports}"),
            ports=", ".join(facts["ports"]) or "—",
        )
    return ports[0]


def ready_path(facts: Mapping[str, Any]) -> str:
    """Where the image is asked whether it is ready, as it stands in a request."""
    return quote(facts["health"]["ready"] or _READY, safe="/%?=&")


def environment(config: Mapping[str, Any]) -> dict[str, str]:
    """The variables that a container of the image has from the start."""
    return dict(entry.split("=", 1) for entry in config["config"].get("Env") or ())


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """The differences that the version rules look at, in a fixed order."""
    return tuple(Change("image", code, params) for code, params in _differences(old, new))


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from _replaced("port", " ".join(old["ports"]), " ".join(new["ports"]))
    for name in HEALTH:
        yield from _replaced("health", old["health"][name], new["health"][name])
    yield from _variables(old["variables"], new["variables"])
    for path in sorted({*old["volumes"]} ^ {*new["volumes"]}):
        yield ("volume-added" if path in new["volumes"] else "volume-gone"), {"path": path}
    yield from _replaced("user", old["user"], new["user"])
    yield from _replaced("entrypoint", " ".join(old["entrypoint"]), " ".join(new["entrypoint"]))
    for name in ("platform", "python", "os"):
        yield from _replaced(name, old[name], new[name])
    if old["base"]["digest"] != new["base"]["digest"] and (old["os"], old["python"]) == (new["os"], new["python"]):
        yield "base-changed", {"from": old["base"]["digest"], "to": new["base"]["digest"], "name": new["base"]["name"]}


def _replaced(what: str, old: str, new: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if old != new:
        yield f"{what}-changed", {"from": old, "to": new}


def _variables(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    before, after = {*old["required"], *old["optional"]}, {*new["required"], *new["optional"]}
    for name in new["required"]:
        if name not in old["required"]:
            yield "variable-required", {"variable": name}
    for name in sorted(before - after):
        yield "variable-gone", {"variable": name}
    for name in new["optional"]:
        if name not in before:
            yield "variable-added", {"variable": name}
