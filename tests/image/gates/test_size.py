"""What the image weighs over its base, layer by layer."""

from dataclasses import replace
from pathlib import Path

import pytest
from small_image import draft, settings

from relevo.core.artifact import Draft
from relevo.core.verdict import Outcome
from relevo.image.gates.size import Size

LAYERS = [
    {"diff_id": "sha256:1", "bytes": 20_500_000, "by": "COPY dependencies/ /opt/relevo/dependencies/"},
    {"diff_id": "sha256:2", "bytes": 4_000_000, "by": "COPY model/ /opt/relevo/service/"},
]


def image(limit: float) -> Draft:
    return replace(draft(Path(), Path(), layers=LAYERS), settings=settings(maximum_mb=limit))


@pytest.mark.parametrize(
    ("limit", "outcome"),
    [(25.0, Outcome.PASSED), (24.5, Outcome.PASSED), (24.499, Outcome.FAILED), (1.0, Outcome.FAILED)],
)
def test_the_layers_above_the_base_together_have_a_limit(limit: float, outcome: Outcome) -> None:
    verdict = Size().check(image(limit))
    assert (verdict.outcome, verdict.measured, verdict.limit, verdict.unit) == (outcome, 24.5, limit, "MB")


@pytest.mark.parametrize("limit", [1.0, 100.0])
def test_each_layer_is_told_with_what_made_it(limit: float) -> None:
    assert [str(message) for message in Size().check(image(limit)).evidence] == [
        "20.5 MB: COPY dependencies/ /opt/relevo/dependencies/",
        "4.0 MB: COPY model/ /opt/relevo/service/",
    ]


def test_the_base_itself_weighs_nothing() -> None:
    assert Size().check(draft(Path(), Path(), layers=[])).measured == 0
