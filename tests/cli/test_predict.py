"""`relevo predict`."""

from typing import Any

import pytest

from relevo.core.artifact import Ref
from relevo.core.version import Version


def test_the_answer_is_json_on_stdout_and_the_versions_are_on_stderr(call: Any, line: Any) -> None:
    called = call("predict", "no funciona mi tarjeta", line=line)
    assert (called.code, called.out) == (0, '[["tarjeta", 0.9313], ["recibo", 0.0687]]\n')
    assert called.err == "answered by model@1.0.1, made from data@1.0.0\n"
    assert line.asked == {"record": {"text": "no funciona mi tarjeta"}, "ref": None}


def test_fields_and_a_model_can_be_given(call: Any, line: Any) -> None:
    call("predict", "x", "--field", "canal=web", "--field", "nota=a=b", "--model", "model@1.0.0", line=line)
    assert line.asked == {
        "record": {"text": "x", "canal": "web", "nota": "a=b"},
        "ref": Ref("model", Version(1, 0, 0)),
    }


@pytest.mark.parametrize("field", ["canal", "=web"])
def test_a_field_needs_a_name_and_a_value(field: str, call: Any, line: Any) -> None:
    called = call("predict", "x", "--field", field, line=line)
    assert called.code == 2
    assert called.err.splitlines()[0] == f"error: `{field}` is not NAME=VALUE"


def test_json_has_the_exact_scores_and_the_versions(call: Any, line: Any) -> None:
    assert call("predict", "x", "--json", line=line).json == {
        "answer": [["tarjeta", 0.93126], ["recibo", 0.06874]],
        "model": "1.0.1",
        "data": "1.0.0",
    }
