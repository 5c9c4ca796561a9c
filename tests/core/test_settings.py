"""What relevo.toml means where it says nothing; reading the file is tested in tests/test_settings.py."""

from relevo.core.settings import DataSettings, DeploySettings, ImageSettings, LineSettings, Settings

DATA = DataSettings(
    "quejas.csv",
    {"texto": "text", "grupo": "label", "urgente": "boolean", "nota": "ignore", "canal": "category", "fecha": "date"},
)


def test_the_column_of_a_kind() -> None:
    assert (DATA.column("text"), DATA.column("label"), DATA.column("id")) == ("texto", "grupo", "")


def test_variables_are_typed_columns_in_alphabetical_order() -> None:
    assert list(DATA.variables.items()) == [("canal", "category"), ("fecha", "date"), ("urgente", "boolean")]


def test_a_line_that_says_nothing_of_its_image() -> None:
    settings = Settings(LineSettings("quejas"), DATA)
    assert "image" not in settings.line.stages
    assert settings.image == ImageSettings(
        dockerfile="image/Dockerfile",
        base="python:3.12-slim",
        builder="",
        build_args=(),
        run_args=(),
        maximum_mb=25,
        repository="",
        advisories="",
    )
    assert (dict(settings.deploy), DeploySettings()) == ({}, DeploySettings(cpu="500m", memory="256Mi"))
