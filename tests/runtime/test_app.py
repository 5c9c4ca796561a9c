import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

import relevo_runtime
from relevo_runtime import Service, boolean, category, date, number, text
from relevo_runtime.app import load
from relevo_runtime.errors import StartError

HEAD = "from relevo_runtime import Service, text, number\n"


def test_a_field_feeds_the_input_of_its_name_and_the_text_feeds_text() -> None:
    fields = [text("queja"), category("canal"), number("importe"), boolean("urgente"), date("dia", of="fecha")]
    assert [(field.name, field.type, field.of) for field in fields] == [
        ("queja", "text", "text"),
        ("canal", "category", "canal"),
        ("importe", "number", "importe"),
        ("urgente", "boolean", "urgente"),
        ("dia", "date", "fecha"),
    ]


def test_a_service_is_what_its_file_declares(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text(HEAD + 'service = Service("quejas", supports_model=2, fields=[text("texto")])\n')
    assert load(file) == Service("quejas", supports_model=2, fields=[text("texto")])


def test_app_py_may_import_a_file_beside_it_and_leaves_no_byte_code(tmp_path: Path) -> None:
    (tmp_path / "fields_of_app.py").write_text('from relevo_runtime import text\nFIELDS = [text("texto")]\n')
    file = tmp_path / "app.py"
    file.write_text(
        "from relevo_runtime import Service\nfrom fields_of_app import FIELDS\n"
        'service = Service("quejas", supports_model=1, fields=FIELDS)\n'
    )
    assert [field.name for field in load(file).fields] == ["texto"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.py", "fields_of_app.py"]


@pytest.mark.parametrize(
    ("declare", "reason"),
    [
        (lambda: Service("Mis Quejas", supports_model=1, fields=[]), "name `Mis Quejas`"),
        (lambda: Service("quejas", supports_model=0, fields=[]), "supports_model"),
        (lambda: Service("quejas", supports_model=True, fields=[]), "supports_model"),
        (lambda: Service("quejas", supports_model=1, fields=[text("a"), number("a")]), "two fields have name `a`"),
        (lambda: Service("quejas", supports_model=1, fields=[text("a"), text("b")]), "two fields have of `text`"),
        (lambda: Service("quejas", supports_model=1, fields=[], deprecated="soon"), "deprecated must be a day"),
        (lambda: Service("quejas", supports_model=1, fields=[], sunset="31/01/2027"), "sunset must be a day"),
        (lambda: Service("quejas", supports_model=1, fields=[], examples=[{"texto": "hola"}]), "field `texto`"),
        (lambda: text(""), "the field name"),
        (lambda: text(" texto"), "white space around it"),
        (lambda: number("a\nb"), "control characters"),
    ],
)
def test_a_declaration_that_cannot_be_used_is_refused(declare: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        declare()


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("service = Service(", 1, "'(' was never closed"),
        (HEAD + "\nservice = Service('quejas', supports_model=0, fields=[])", 3, "supports_model must be"),
        (HEAD + "service = Service('quejas')", 2, "TypeError: "),
        ("import no_such_module", 1, "ModuleNotFoundError: No module named 'no_such_module'"),
        ("def f():\n    return 1 / 0\nf()", 2, "ZeroDivisionError: division by zero"),
        ("x = '\0'", 1, "null bytes"),
        ("import sys\nsys.exit(3)", 2, "SystemExit: 3"),
    ],
)
def test_a_broken_app_py_is_one_line_with_its_place(tmp_path: Path, source: str, line: int, reason: str) -> None:
    file = tmp_path / "app.py"
    file.write_text(source)
    with pytest.raises(StartError) as caught:
        load(file)
    assert caught.value.code == "app-broken"
    assert (caught.value.params["file"], caught.value.params["line"]) == (file, line)
    assert reason in caught.value.params["reason"]
    assert "\n" not in caught.value.params["reason"]


def test_app_py_without_a_service_or_not_there_at_all(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="app-unreadable"):
        load(tmp_path / "app.py")
    (tmp_path / "app.py").write_text("servicio = 1\n")
    with pytest.raises(StartError, match="app-without-service"):
        load(tmp_path / "app.py")


def test_the_field_text_is_not_hidden_by_the_module_text() -> None:
    importlib.import_module("relevo_runtime.text")
    assert relevo_runtime.text("texto").of == "text"
