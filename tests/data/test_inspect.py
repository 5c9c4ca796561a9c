import pytest

from relevo.core.errors import UsageError
from relevo.data.inspect import inspect


@pytest.fixture
def inspected(tmp_path, write):
    """`inspected(header, cells)`: the kind of a column with these cells, beside a text and a label."""

    def inspected(header, cells):
        path = tmp_path / "quejas.csv"
        path.write_text(write(["texto", header, "grupo"], [(f"t{i}", cell, "g") for i, cell in enumerate(cells)]))
        kinds = inspect(path, "texto", "grupo")
        assert list(kinds) == ["texto", header, "grupo"]
        return kinds[header]

    return inspected


@pytest.mark.parametrize(
    ("header", "cells", "kind"),
    [
        ("canal", ["web", "tel", "web"], "category"),
        ("canal", ["", "", ""], "category"),
        ("importe", ["1", "2.5", ""], "number"),
        ("importe", ["1", "2.5", "doce"], "category"),
        ("flag", ["0", "1", "0"], "number"),
        ("postal", ["08001", "28013", "08001"], "category"),
        ("temperatura", ["0.5", "-0.5", "0"], "number"),
        ("urgente", ["sí", "no", "No"], "boolean"),
        ("urgente", ["true", "1", "false"], "category"),
        ("fecha", ["2024-01-31", "2024-02-01", ""], "date"),
        ("fecha", ["31/01/2024", "01/02/2024", "31/01/2024"], "category"),
        ("id", ["1", "2", "3"], "id"),
        ("caso_id", ["a", "b", "c"], "id"),
        ("Complaint ID", ["a", "b", "c"], "id"),
        ("id", ["1", "1", "2"], "number"),
        ("id", ["a", "", "b"], "category"),
        ("medida", ["1", "2", "3"], "number"),
        ("nota", [f"nota {i}" for i in range(20)], "ignore"),
        ("nota", [f"nota {i % 10}" for i in range(20)], "category"),
        ("nombre", ["Ana", "Eva", "Luz"], "category"),
    ],
)
def test_a_column_is_probably(inspected, header, cells, kind):
    assert inspected(header, cells) == kind


def test_only_one_column_can_be_the_id(tmp_path):
    (tmp_path / "q.csv").write_text("id,texto,grupo,otro_id\n1,a,g,1\n2,b,g,2\n")
    assert inspect(tmp_path / "q.csv", "texto", "grupo") == {
        "id": "id",
        "texto": "text",
        "grupo": "label",
        "otro_id": "ignore",
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("text,grupo\na,b\n", "has no column `texto`\nhint: did you mean `text`?"),
        ("texto,grupo\n", "has a header and no rows"),
        ("texto,grupo\na\n", "line 2 has 1 cells"),
    ],
)
def test_a_bad_file_is_refused_as_in_a_run(tmp_path, content, sentence):
    (tmp_path / "q.csv").write_text(content)
    with pytest.raises(UsageError) as error:
        inspect(tmp_path / "q.csv", "texto", "grupo")
    assert sentence in str(error.value)
