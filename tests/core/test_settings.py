"""What the columns of relevo.toml mean; reading the file is tested in tests/test_settings.py."""

from relevo.core.settings import DataSettings

DATA = DataSettings(
    "quejas.csv",
    {"texto": "text", "grupo": "label", "urgente": "boolean", "nota": "ignore", "canal": "category", "fecha": "date"},
)


def test_the_column_of_a_kind() -> None:
    assert (DATA.column("text"), DATA.column("label"), DATA.column("id")) == ("texto", "grupo", "")


def test_variables_are_typed_columns_in_alphabetical_order() -> None:
    assert list(DATA.variables.items()) == [("canal", "category"), ("fecha", "date"), ("urgente", "boolean")]
