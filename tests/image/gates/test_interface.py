import json
from collections.abc import Callable
from typing import Any

import pytest

from relevo.core.artifact import Draft
from relevo.core.verdict import Outcome
from relevo.image.gates.interface import CHECKS, Interface
from relevo.image.labels import described, stamp
from relevo.image.oci.layout import Layout
from relevo.image.stage import OCI, SBOM

Image = Callable[..., Draft]


def finished(draft: Draft) -> Draft:
    """With its labels and its bill of materials."""
    layout = stamp(Layout(draft.folder / OCI), described(draft, "c0", "", ""), "localhost/relevo/quejas:1.0.0")
    hashes = [{"alg": "SHA-256", "content": layout.image_id.removeprefix("sha256:")}]
    (draft.folder / SBOM).write_text(json.dumps({"metadata": {"component": {"hashes": hashes}}}))
    return draft


def test_passes_an_image_that_keeps_all(image: Image) -> None:
    verdict = Interface().check(finished(image()))
    assert (verdict.outcome, verdict.evidence) == (Outcome.PASSED, ())
    assert verdict.measured == verdict.limit == len(CHECKS) == 9


@pytest.mark.parametrize("user", ["10001:0", "10001", "1000740000:0"])
def test_any_number_will_do_as_a_user(image: Image, user: str) -> None:
    assert Interface().check(finished(image(User=user))).outcome is Outcome.PASSED


LABELS = {"relevo.health.live": "/health/live", "relevo.health.ready": "/health/ready", "relevo.variables.required": ""}


def without(label: str) -> dict[str, str]:
    return {name: value for name, value in LABELS.items() if name != label}


@pytest.mark.parametrize(
    ("run", "said"),
    [
        pytest.param({"User": ""}, "image/Dockerfile:9: the user is `root`", id="nobody named"),
        pytest.param({"User": "0"}, "image/Dockerfile:9: the user is `0`", id="root by number"),
        pytest.param({"User": "app"}, "image/Dockerfile:9: the user is `app`", id="a name"),
        pytest.param({"User": "10001:10001"}, "image/Dockerfile:9: the user is `10001:10001`", id="another group"),
        pytest.param(
            {"ExposedPorts": {}},
            "image/Dockerfile:10: there must be exactly one TCP port, and there are: —",
            id="no port",
        ),
        pytest.param(
            {"ExposedPorts": {"8080/tcp": {}, "9090": {}, "53/udp": {}}}, "there are: 8080/tcp, 9090;", id="two ports"
        ),
        pytest.param({"Entrypoint": None}, "image/Dockerfile:11: there is no ENTRYPOINT", id="no entrypoint"),
        pytest.param(
            {"Entrypoint": ["/bin/sh", "-c", "python3"]}, "goes through a shell (/bin/sh -c)", id="shell form"
        ),
        pytest.param({"Entrypoint": ["bash", "-ec", "x"]}, "goes through a shell (bash -ec)", id="another shell"),
        pytest.param(
            {"Healthcheck": {"Test": ["CMD", "true"]}}, "image/Dockerfile: HEALTHCHECK must go", id="HEALTHCHECK"
        ),
        pytest.param(
            {"Labels": without("relevo.health.live")},
            "image/Dockerfile:6: the label `relevo.health.live` must say where the health is asked, and says `—`",
            id="no health",
        ),
        pytest.param(
            {"Labels": {**LABELS, "relevo.health.ready": "ready"}},
            "the label `relevo.health.ready` must say where the health is asked, and says `ready`",
            id="no path",
        ),
        pytest.param(
            {"Labels": without("relevo.variables.required")},
            "image/Dockerfile:6: the label `relevo.variables.required` must say which variables",
            id="no variables",
        ),
        *(
            pytest.param(
                {"Volumes": {volume: {}}},
                f"image/Dockerfile: the volume `{volume}` would hide `{folder}`",
                id=f"volume {volume}",
            )
            for volume, folder in {
                "/opt/relevo/service": "/opt/relevo/service",
                "/opt/relevo/service/model": "/opt/relevo/service",
                "/opt": "/opt/relevo/service",
                "/": "/opt/relevo/service",
                "/opt/relevo/dependencies/": "/opt/relevo/dependencies",
            }.items()
        ),
    ],
)
def test_refuses_each_broken_promise(image: Image, run: dict[str, Any], said: str) -> None:
    verdict = Interface().check(finished(image(**run)))
    assert (verdict.outcome, verdict.measured, verdict.limit) == (Outcome.FAILED, 8, 9)
    assert [said in str(message) for message in verdict.evidence] == [True]


def test_other_volumes_and_a_probe_that_is_switched_off_are_fine(image: Image) -> None:
    draft = image(Volumes={"/tmp": {}, "/opt/relevo/service-data": {}}, Healthcheck={"Test": ["NONE"]})
    assert Interface().check(finished(draft)).outcome is Outcome.PASSED


def test_finds_a_healthcheck_that_the_engine_dropped(image: Image) -> None:
    draft = image(dockerfile="FROM base\nUSER 10001:0\nHEALTHCHECK --interval=5s \\\n  CMD true\n")
    assert "image/Dockerfile:3: HEALTHCHECK must go" in str(Interface().check(finished(draft)).evidence[0])
    draft = image(dockerfile="FROM base AS first\nHEALTHCHECK CMD true\nFROM base\nHEALTHCHECK none\n")
    assert Interface().check(finished(draft)).outcome is Outcome.PASSED


def test_refuses_labels_that_tell_of_something_else(image: Image) -> None:
    draft = finished(image())
    layout = Layout(draft.folder / OCI)
    wrong = {"org.opencontainers.image.version": "9.9.9", "relevo.service": "1.0.0 sha256:0"}
    stamp(layout, wrong, "")
    told = [str(message) for message in Interface().check(draft).evidence]
    assert told[0] == "the label `org.opencontainers.image.version` says `9.9.9`, and it is `1.0.0`"
    assert told[1].startswith("the label `relevo.service` says `1.0.0 sha256:0`, and it is `1.0.0 sha256:5e5e")
    assert "is of another image" in told[2]  # the labels are part of the image, so the bill is not of this one any more


@pytest.mark.parametrize(
    ("bill", "said"),
    [
        (None, "cannot be read: FileNotFoundError"),
        ("{", "cannot be read: JSONDecodeError"),
        ("[]", "cannot be read: TypeError"),
        ('{"metadata": {"component": {}}}', "cannot be read: KeyError"),
        ('{"metadata": {"component": {"hashes": []}}}', "is of another image: —, and this is sha256:"),
    ],
)
def test_refuses_an_image_without_its_bill(image: Image, bill: str | None, said: str) -> None:
    draft = finished(image())
    (draft.folder / SBOM).unlink()
    if bill is not None:
        (draft.folder / SBOM).write_text(bill)
    evidence = Interface().check(draft).evidence
    assert [said in str(message) for message in evidence] == [True]
