import math

import numpy as np
import pytest

from relevo.model.features import contract, fit, scales, union
from relevo_runtime.inputs import Input
from relevo_runtime.variables import Scale

TEXT, NUMBER = Input("text", "text"), Input("importe", "number", nullable=True)


def test_the_contract_asks_for_the_text_and_then_for_the_variables_by_name() -> None:
    records = [{"text": "a", "urgente": True, "canal": None}, {"text": "b", "urgente": False, "canal": "web"}]
    assert contract({"urgente": "boolean", "canal": "category"}, records) == (
        TEXT,
        Input("canal", "category", nullable=True),
        Input("urgente", "boolean", nullable=False),
    )


@pytest.mark.parametrize(
    ("numbers", "scale"),
    [
        ([1.0, 3.0], Scale(2.0, 1.0)),
        ([1.0, None, 3.0], Scale(2.0, 1.0)),
        ([5.0, 5.0], Scale(5.0, 1.0)),
        ([None], Scale(0.0, 1.0)),
        ([1e200, -1e200], Scale(0.0, 1e200)),
    ],
)
def test_a_number_is_measured_by_its_mean_and_deviation(numbers: list[float | None], scale: Scale) -> None:
    assert scales([TEXT, NUMBER], [{"importe": number} for number in numbers]) == {"importe": scale}


def test_words_and_characters_have_length_one_each_and_frequencies_are_float32() -> None:
    features = union([TEXT], {})
    values = [{"text": "mi tarjeta"}, {"text": "mi cobro"}, {"text": "otro cobro"}]
    fit(features, values)
    assert np.allclose(features.transform(values).power(2).sum(axis=1), 2)
    idf = features["words"].idf_
    assert idf[features["words"].vocabulary_["mi"]] == np.float32(math.log((1 + 3) / (1 + 2)) + 1)
