import pytest

from relevo.core.errors import UsageError
from relevo.core.settings import DataSettings
from relevo.data.columns import check, require

COLUMNS = {"texto": "text", "grupo": "label", "canal": "category"}


def refused(headers, columns=COLUMNS, guess="category"):
    with pytest.raises(UsageError) as error:
        check(headers, DataSettings("quejas.csv", columns), "quejas.csv", lambda header: guess)
    return error.value.code, str(error.value)


def test_the_declared_columns_in_any_order_are_right():
    check(["canal", "grupo", "texto"], DataSettings("quejas.csv", COLUMNS), "quejas.csv", lambda header: "category")


def test_an_unknown_column_comes_with_the_line_to_paste():
    assert refused(["texto", "grupo", "canal", "hora mencionada"], guess="number") == (
        "column-unknown",
        "`quejas.csv` has a column `hora mencionada` that relevo.toml does not declare\n"
        'hint: write under [data.columns] in relevo.toml:\n"hora mencionada" = "number"',
    )


def test_all_unknown_columns_come_at_once():
    _, text = refused(["texto", "grupo", "canal", "a", "b"])
    assert text.endswith('relevo.toml:\na = "category"\nb = "category"')


def test_a_missing_column_comes_with_what_was_meant():
    assert refused(["texto", "grupo", "Canal"]) == (
        "column-missing",
        "`quejas.csv` has no column `canal`\nhint: did you mean `Canal`?",
    )


def test_a_missing_column_that_resembles_none_comes_with_all_that_are_there():
    assert refused(["texto", "grupo"])[1] == "`quejas.csv` has no column `canal`\nhint: its columns: texto, grupo"


def test_variables_must_differ_in_more_than_capital_letters():
    code, text = refused(["texto", "grupo", "canal", "Canal"], {**COLUMNS, "Canal": "number"})
    assert code == "columns-alike"
    assert "`canal` and `Canal`" in text


def test_a_column_that_init_was_told_must_be_there():
    with pytest.raises(UsageError, match="did you mean `texto`"):
        require(["texto", "grupo"], ["text", "grupo"], "quejas.csv")
