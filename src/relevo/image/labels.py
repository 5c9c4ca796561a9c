"""What an image says of itself: its version, where it comes from, and what it was made from.

The names are those of the OCI image specification (annotations), and `relevo.*` for the line behind it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from relevo.core.artifact import Draft
from relevo.image.dockerfile import Instruction
from relevo.image.oci.layout import Layout, write

OCI = "org.opencontainers.image."
#: What builders write about themselves, which would tell them apart.
_OF_BUILDERS = ("io.buildah.",)


def lineage(draft: Draft) -> dict[str, str]:
    """`relevo.data` → `1.0.1 sha256:…`, for every artifact that the image stands on."""
    return {f"relevo.{name}": f"{its.version} sha256:{its.output_digest}" for name, its in sorted(draft.inputs.items())}


def described(draft: Draft, commit: str, source: str, created: str) -> dict[str, str]:
    """The labels of `draft`; what nobody knows is left out."""
    base = draft.facts["base"]
    known = {
        f"{OCI}title": draft.settings.line.name,
        f"{OCI}version": str(draft.version),
        f"{OCI}revision": commit,
        f"{OCI}source": source,
        f"{OCI}created": created,
        f"{OCI}base.name": base["name"],
        f"{OCI}base.digest": base["digest"],
        "relevo.line": draft.settings.line.name,
        **lineage(draft),
    }
    return {name: value for name, value in known.items() if value}


def plain(config: Mapping[str, Any], own: Sequence[Instruction], base_layers: int) -> dict[str, Any]:
    """`config` as every builder would write it: nothing of who built it, and when.

    `own` are the instructions that made the layers above the lowest `base_layers`; where their numbers differ, as with
    a builder that squashes, the history says no more than that.
    """
    run = dict(config.get("config") or {})
    kept = {key: value for key, value in (run.get("Labels") or {}).items() if not key.startswith(_OF_BUILDERS)}
    above = len(config["rootfs"]["diff_ids"]) - base_layers
    told = [str(instruction) for instruction in own] if len(own) == above else [""] * above
    history = [*({"created_by": "base"} for _ in range(base_layers)), *({"created_by": by} for by in told)]
    return {
        "architecture": config["architecture"],
        "os": config["os"],
        **({"variant": config["variant"]} if config.get("variant") else {}),
        "config": {
            **{key: run[key] for key in _RUN if run.get(key)},
            "Env": sorted(run.get("Env") or ()),
            "Labels": kept,
        },
        "rootfs": {"type": "layers", "diff_ids": list(config["rootfs"]["diff_ids"])},
        "history": history,
    }


#: What of a config says how a container runs (OCI image specification, config).
_RUN = ("User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "StopSignal", "Healthcheck")


def stamp(layout: Layout, labels: Mapping[str, str], name: str) -> Layout:
    """The same image with `labels`, called `name`."""
    config = layout.config
    run = {**config["config"], "Labels": {**config["config"]["Labels"], **labels}}
    created = labels.get(f"{OCI}created")
    return write(
        layout.folder, {**config, "config": run, **({"created": created} if created else {})}, layout.layers, name
    )
