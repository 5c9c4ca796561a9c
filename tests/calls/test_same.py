import pytest

from relevo.calls.same import ROWS, same_answers
from relevo.calls.serving import running
from relevo.calls.subject import Subject

pytestmark = pytest.mark.slow

MORE_FOR = """
from relevo_runtime import model
right = model.Model.score
def one(self, record):
    scores = dict(right(self, record))
    return [*{{**scores, {group!r}: scores[{group!r}] + {more}}}.items()]
model.Model.score = one
"""


def found(draft, original):
    """What is wrong with each answer of the service `draft` beside those of `original`."""
    with running(draft.folder) as address, running(original.folder) as other:
        return address, other, list(same_answers(Subject.of_draft(draft), address, other))


def test_a_service_answers_as_itself(good):
    *_, each = found(good, good)
    assert each == [[]] * ROWS


def test_another_score_is_told_with_row_group_and_both_scores(spoilt, good):
    *_, each = found(spoilt(MORE_FOR.format(group="cobros", more=0.001)), good)
    assert [len(messages) for messages in each] == [1] * ROWS
    (message,) = each[0]
    (row, *_) = Subject.of_draft(good).rows(1)
    assert message.params["call"] == f"POST /api/v1/modelos/quejas {row.body().decode()}"
    assert message.params["group"] == "cobros"
    assert message.params["score"] - message.params["wanted"] == pytest.approx(0.001)


def test_rounding_is_no_difference(spoilt, good):
    *_, each = found(spoilt(MORE_FOR.format(group="cobros", more=0.000005)), good)
    assert each == [[]] * ROWS


def test_a_group_that_one_of_them_does_not_know_is_a_difference(spoilt, good):
    code = "from relevo_runtime import model\nmodel.Model.score = lambda *_: [('tarjeta', 1.0)]"
    *_, each = found(spoilt(code), good)
    assert {message.params["group"]: message.params["score"] for message in each[0]}["hipoteca"] == "—"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def no(*_): raise ValueError\nmodel.Model.score = no", "answered with 500 instead of 200"),
        ("model.Model.score = lambda *_: [('a', 1, 1)]", "no list of [group, score]"),
    ],
)
def test_an_answer_without_scores_is_told_with_its_address(spoilt, good, code, said):
    address, original, each = found(spoilt(f"from relevo_runtime import model\n{code}"), good)
    (message,) = each[0]
    assert said in str(message)
    assert f":{address.port}/" in str(message)
    assert f":{original.port}/" not in str(message)
