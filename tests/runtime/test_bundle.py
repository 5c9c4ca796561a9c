import json
from collections.abc import Callable
from pathlib import Path

import pytest

from relevo_runtime.bundle import Versions, load
from relevo_runtime.errors import StartError
from relevo_runtime.inputs import Input
from relevo_runtime.problems import start_words

TEXT = Input("text", "text")
HEAD = "from relevo_runtime import Service, category, number, text\n"

Write = Callable[..., Path]


def why(folder: Path) -> str:
    """The line that says why the service in `folder` does not start, without the folder."""
    with pytest.raises(StartError) as caught:
        load(folder, constant=True)
    return start_words(caught.value.code, "en", caught.value.params).replace(f"{folder}/", "")


def test_a_folder_is_a_service_with_its_model_and_versions(service_folder: Write) -> None:
    bundle = load(service_folder(service="1.4.2", model="1.3.0"))
    assert bundle.path == "/api/v1/modelos/quejas"
    assert bundle.versions == Versions("1.4.2", "1.3.0", "1.2.0")
    assert [group for group, _ in bundle.model.score({"text": "un cobro"})] == ["cobros", "tarjeta"]


def test_without_service_json_it_is_the_first_version(service_folder: Write) -> None:
    folder = service_folder()
    (folder / "service.json").unlink()
    assert load(folder).versions == Versions("1.0.0", "1.0.0", "1.0.0")


def test_another_major_of_the_model_names_the_line_to_change(service_folder: Write) -> None:
    assert why(service_folder(model="2.0.0")) == (
        "app.py:7: supports_model is 1, but the model is 2.0.0: "
        "change the code for the new model, then write supports_model=2"
    )


def test_an_input_that_no_field_feeds_is_named_with_what_to_write(service_folder: Write) -> None:
    inputs = (TEXT, Input("canal", "category"), Input("importe", "number"))
    assert why(service_folder(inputs=inputs)) == (
        'app.py: the model needs what no field gives; add to fields: category("canal"), number("importe")'
    )


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (
            'category("cana")',
            "the field `cana` feeds `cana`, which the model does not have; its inputs are canal, text",
        ),
        ('number("canal")', "the field `canal` is number, but the model's input `canal` is category"),
        ('category("via", of="text")', "the field `via` is category, but the model's input `text` is text"),
    ],
)
def test_a_field_must_fit_its_input(service_folder: Write, field: str, reason: str) -> None:
    app = f'{HEAD}service = Service("quejas", supports_model=1, fields=[{field}])\n'
    folder = service_folder(app=app, inputs=(TEXT, Input("canal", "category")))
    assert why(folder) == f"app.py: {reason}"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "Input data was truncated"),
        ("{}", "missing required field `format`"),
        ('{"format":2,"version":"1.0.0","model":{"version":"1.0.0"},"data":{"version":"1.0.0"}}', "format 2"),
        ('{"format":1,"version":"one","model":{"version":"1.0.0"},"data":{"version":"1.0.0"}}', "`one` is no version"),
    ],
)
def test_a_broken_service_json_is_named(service_folder: Write, content: str, reason: str) -> None:
    folder = service_folder()
    (folder / "service.json").write_text(content)
    line = why(folder)
    assert line.startswith("service.json: ")
    assert reason in line


def test_a_local_build_of_a_branch_is_a_version(service_folder: Write) -> None:
    folder = service_folder(service="2.0.0-mi-rama.3")
    assert load(folder).path == "/api/v2/modelos/quejas"


def test_a_missing_or_strange_model_file_is_named(service_folder: Write) -> None:
    folder = service_folder()
    (folder / "model" / "model.pkl").write_bytes(b"")
    assert why(folder).startswith("model: `model.pkl` is not a file of a model")
    (folder / "model" / "model.pkl").unlink()
    (folder / "model" / "weights.npy").unlink()
    assert why(folder).startswith("model: `weights.npy` is missing")


def test_the_files_of_a_running_service_are_not_read_again(service_folder: Write) -> None:
    folder = service_folder()
    bundle = load(folder)
    before = bundle.model.score({"text": "tarjeta"})
    for file in (folder / "model").iterdir():  # as a deployment does: new files in the place of the old
        file.unlink()
    (folder / "service.json").write_text(json.dumps({}))
    assert bundle.model.score({"text": "tarjeta"}) == before
