from relevo.model.words import MODEL_FILES
from relevo_runtime import errors


def test_every_sentence_of_the_runtime_can_be_translated() -> None:
    assert MODEL_FILES == errors.MODEL_FILES
