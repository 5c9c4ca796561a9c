from typing import Any

import pytest

from relevo.core.artifact import Draft
from relevo.core.errors import OutsideError, RelevoError, UsageError
from relevo.model.predict import predict

RECORD = {"text": "pon una alarma a las 7", "canal": "web", "palabras": "6", "hora": "sí", "fecha": "2024-02-29"}


def test_strings_get_an_answer(good: Draft) -> None:
    group, probability = predict(good.folder, RECORD)[0]
    assert group == "alarm/set_alarm"
    assert 0 < probability < 1


def test_a_nullable_variable_may_be_empty(good: Draft) -> None:
    assert predict(good.folder, RECORD | {"canal": ""})


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"text": " "}, "empty-text", "the text is empty"),
        ({"palabras": ""}, "null-field", "`palabras` is empty, and the model needs a value"),
        ({"palabras": "seis"}, "wrong-type", "`palabras` is `seis`, which is no `number`"),
        ({"fecha": "ayer"}, "wrong-type", "`fecha` is `ayer`, which is no `date`"),
        ({"palabra": "6"}, "unknown-input", "the model has no input `palabra`\nhint: did you mean `palabras`?"),
        ({"palabras": None}, "missing-field", "the model needs `palabras`, which was not given"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(
    good: Draft, changed: dict[str, Any], code: str, said: str
) -> None:
    record = {name: value for name, value in (RECORD | changed).items() if value is not None}
    with pytest.raises(UsageError) as caught:
        predict(good.folder, record)
    assert caught.value.code == code
    assert str(caught.value).startswith(said)


def test_a_broken_model_is_the_outside_worlds_fault(bad: Draft) -> None:
    (bad.folder / "weights.npy").unlink()
    with pytest.raises(OutsideError) as caught:
        predict(bad.folder, RECORD)
    error: RelevoError = caught.value
    assert str(error).startswith("`weights.npy` is missing")
