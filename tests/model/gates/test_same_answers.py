import numpy as np
import pytest

from relevo.core.artifact import Draft
from relevo.core.verdict import Outcome
from relevo.model.gates.same_answers import HARD, SameAnswers


def test_an_exported_model_answers_as_its_original(good: Draft) -> None:
    verdict = SameAnswers().check(good)
    assert verdict.outcome is Outcome.PASSED
    assert verdict.measured is not None and verdict.measured < 1e-6


@pytest.mark.parametrize("file", ["idf.npy", "weights.npy"])
def test_a_touch_on_one_array_is_found_and_a_text_is_named(bad: Draft, file: str) -> None:
    array = np.load(bad.folder / file)
    array.flat[0 : array.size // 2 : 9] += 0.1
    np.save(bad.folder / file, array)
    verdict = SameAnswers().check(bad)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.measured is not None and verdict.measured > 1e-5
    assert "and the original says" in str(verdict.evidence[0])


def test_a_lost_accent_is_found(bad: Draft) -> None:
    path = bad.folder / "vocabulary.json"
    path.write_text(path.read_text().replace("ñ", "ñ\u200b"))
    verdict = SameAnswers().check(bad)
    assert verdict.outcome is Outcome.FAILED
    assert all("ñ" in message.params["text"].lower() for message in verdict.evidence)


def test_a_model_of_other_groups_is_another_model(bad: Draft) -> None:
    path = bad.folder / "model.json"
    path.write_text(path.read_text().replace("weather/find", "weather/get"))
    assert SameAnswers().check(bad).outcome is Outcome.FAILED


def test_the_hard_texts_have_both_spellings_of_accents_and_emoji() -> None:
    assert {"\u0301", "👍", "\x00", "ñ"} <= set("".join(HARD))
