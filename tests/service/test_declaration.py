import pytest

from relevo.core.errors import UsageError
from relevo.service.declaration import Field, parse

APP = '''"""The REST service of the line «quejas»."""

from relevo_runtime import Service, category, number, text

service = Service(
    "quejas",
    supports_model=2,
    fields=[
        text("texto", description="In the customer's words"),
        category("canal", of="via"),
        number("importe", deprecated=True),
    ],
)
'''


def test_reads_name_major_and_fields_with_their_lines():
    declared = parse(APP.encode(), "service/app.py")
    assert (declared.name, declared.supports_model, declared.major_line, declared.fields_line) == ("quejas", 2, 7, 8)
    assert declared.fields == (
        Field("texto", "text", "text", 9),
        Field("canal", "category", "via", 10),
        Field("importe", "number", "importe", 11, deprecated=True),
    )


@pytest.mark.parametrize(
    "source",
    [
        """
import relevo_runtime
service = relevo_runtime.Service("a", supports_model=1, fields=[relevo_runtime.text("t")])
""",
        """
import relevo_runtime as r
service: r.Service = r.Service("a", supports_model=1, fields=(r.text("t"),))
""",
        """
from relevo_runtime import Service as S, text as t
service = S(name="a", supports_model=1, fields=[t(name="t")])
""",
        """
from relevo_runtime import Service, text
x = 1
service = Service("a", supports_model=1, fields=[text("t")])
y = 2
""",
    ],
)
def test_however_the_runtime_is_imported(source):
    declared = parse(source.encode(), "app.py")
    assert (declared.name, declared.supports_model, [field.name for field in declared.fields]) == ("a", 1, ["t"])


def test_the_code_is_not_run(tmp_path):
    side_effect = tmp_path / "ran"
    parse(f"{APP}\nopen({str(side_effect)!r}, 'w')\n".encode(), "app.py")
    assert not side_effect.exists()


HEAD = "from relevo_runtime import Service, text\n"


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("service = Service(\n  'a'", "app-not-python", 1),
        ("x = 1\nif True\n", "app-not-python", 2),
        ("x = '\0'", "app-not-python", 1),
        (b"x = '\xff'", "app-not-python", 1),
        ("", "app-not-declared", 1),
        (HEAD + "other = Service('a', supports_model=1, fields=[])", "app-not-declared", 1),
        ("from elsewhere import Service\nservice = Service('a', supports_model=1, fields=[])", "app-not-declared", 1),
        (HEAD + "service = make()", "app-not-declared", 1),
        (HEAD + "service = Service('a', fields=[])", "app-not-declared", 2),
        (HEAD + "service = Service('a', supports_model=1)", "app-not-declared", 2),
        (HEAD + "service = Service('a', supports_model='1', fields=[])", "app-not-declared", 2),
        (HEAD + "service = Service('a', supports_model=True, fields=[])", "app-not-declared", 2),
        (HEAD + "n = 'a'\nservice = Service(n, supports_model=1, fields=[])", "app-not-declared", 3),
        (HEAD + "service = Service('a', supports_model=1,\n fields=[text(n)\n for n in 'ab'])", "app-not-declared", 3),
        (HEAD + "service = Service('a', supports_model=1, fields=[\n  text('a'),\n  own('b')])", "app-not-declared", 4),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(source, code, line):
    with pytest.raises(UsageError) as caught:
        parse(source if isinstance(source, bytes) else source.encode(), "service/app.py")
    assert (caught.value.code, caught.value.message.params["line"]) == (code, line)
    assert "service/app.py" in str(caught.value)
