import pytest

COLUMNS = {
    "texto": "text",
    "grupo": "label",
    "importe": "number",
    "urgente": "boolean",
    "fecha": "date",
    "canal": "category",
}
HEADER = "texto,grupo,importe,urgente,fecha,canal\n"
GOOD = HEADER + "no funciona,tarjeta,1.5,sí,2024-01-31,web\ncobro doble,cobros,,,,\nno va,tarjeta,2,no,2024-02-01,tel\n"


@pytest.fixture
def facts(bench):
    return lambda content: bench.artifact(content, columns=COLUMNS).facts


def test_rows_groups_and_variables(facts):
    assert facts(GOOD) == {
        "rows": 3,
        "groups": {"cobros": 1, "tarjeta": 2},
        "variables": {"canal": "category", "fecha": "date", "importe": "number", "urgente": "boolean"},
        "problems": {},
    }


def test_a_cell_that_cannot_be_read_is_named_with_its_line(facts):
    content = HEADER + '"dos\nlíneas",a,1.5,no,,\n\nb,b,"1,5",quizá,31/01/2024,\n'
    assert facts(content)["problems"] == {
        "unparsable": {
            "rows": 3,
            "columns": {"fecha": 1, "importe": 1, "urgente": 1},
            "first": [
                {"line": 5, "column": "fecha", "type": "date", "value": "31/01/2024"},
                {"line": 5, "column": "importe", "type": "number", "value": "1,5"},
                {"line": 5, "column": "urgente", "type": "boolean", "value": "quizá"},
            ],
        }
    }


def test_texts_and_labels_of_white_space_are_missing(facts):
    content = HEADER + "\u00a0 ,a,,,,\nb,\t,,,,\n,,,,,\n"
    assert facts(content)["problems"] == {
        "empty-text": {"rows": 2, "first": [{"line": 2, "text": "\u00a0 "}, {"line": 4, "text": ""}]},
        "missing-label": {"rows": 2, "first": [{"line": 3, "text": "b"}, {"line": 4, "text": ""}]},
    }


def test_one_text_under_two_labels_is_found_by_its_key(facts):
    content = HEADER + "no va,a,,,,\nbien,c,,,,\nno  va,a,,,,\n no va,b,,,,\nNo va,b,,,,\n"
    assert facts(content)["problems"] == {
        "one-label": {"rows": 1, "first": [{"text": "no va", "labels": ["a", "b"], "lines": [2, 5]}]}
    }


def test_only_the_first_ten_are_shown_and_all_are_counted(facts):
    content = HEADER + "".join(f"t{i},a,x,,,\n" for i in range(12))
    problem = facts(content)["problems"]["unparsable"]
    assert problem["rows"] == 12
    assert [shown["line"] for shown in problem["first"]] == list(range(2, 12))
