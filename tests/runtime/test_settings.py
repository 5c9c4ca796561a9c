import pytest

from relevo_runtime.errors import StartError
from relevo_runtime.settings import Settings, read


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read({"PATH": "/bin"}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "key", "wanted"),
    [
        ("RELEVO_HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("RELEVO_PORT", "9000", "port", 9000),
        ("RELEVO_PORT", " 0 ", "port", 0),
        ("RELEVO_LANG", "es_ES.UTF-8", "lang", "es"),
        ("RELEVO_LOG_LEVEL", "WARNING", "log_level", "warning"),
        ("RELEVO_DRAIN_SECONDS", "0", "drain_seconds", 0.0),
        ("RELEVO_DRAIN_SECONDS", "7.5", "drain_seconds", 7.5),
        ("RELEVO_MAX_BODY_BYTES", "2048", "max_body_bytes", 2048),
    ],
)
def test_a_variable_sets_its_value(name: str, value: str, key: str, wanted: object) -> None:
    assert getattr(read({name: value}), key) == wanted


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("RELEVO_PORT", "http", "0 … 65535"),
        ("RELEVO_PORT", "65536", "0 … 65535"),
        ("RELEVO_PORT", "", "0 … 65535"),
        ("RELEVO_DRAIN_SECONDS", "nan", "0 … 3600"),
        ("RELEVO_DRAIN_SECONDS", "-1", "0 … 3600"),
        ("RELEVO_MAX_ROWS", "1.5", "1 … 1000000"),
        ("RELEVO_LANG", "fr", "en | es"),
        ("RELEVO_LOG_LEVEL", "loud", "debug | info | warning | error"),
        ("RELEVO_HOST", " ", "127.0.0.1, 0.0.0.0, ::"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_wanted(name: str, value: str, wanted: str) -> None:
    with pytest.raises(StartError) as caught:
        read({name: value})
    assert caught.value.code == "setting-bad"
    assert (caught.value.params["name"], caught.value.params["wanted"]) == (name, wanted)


def test_an_unknown_name_is_refused_with_what_was_meant() -> None:
    with pytest.raises(StartError) as caught:
        read({"RELEVO_DRAIN_SECOND": "5"})
    assert caught.value.code == "setting-unknown"
    assert caught.value.params["meant"] == "RELEVO_DRAIN_SECONDS"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RELEVO_PORT", "tcp://10.0.0.1:8080"),
        ("RELEVO_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("RELEVO_PORT_8080_TCP_ADDR", "10.0.0.1"),
        ("RELEVO_SERVICE_HOST", "10.0.0.1"),
        ("RELEVO_SERVICE_PORT_HTTP", "8080"),
        ("RELEVO_QUEJAS_SERVICE_HOST", "10.0.0.1"),
        ("RELEVO_QUEJAS_PORT_8080_TCP_PROTO", "tcp"),
        ("RELEVO_MODEL__HOLDOUT", "0.1"),
        ("RELEVO_DEBUG", "1"),
        ("RELEVO_TEST_HTTP_STORE", "http://127.0.0.1"),
        ("RELEVO_REGISTRY_PASSWORD", "secret"),
        ("RELEVO_BASE", "python:3.12-slim"),
    ],
)
def test_addresses_that_kubernetes_injects_and_the_tools_own_names_are_not_settings(name: str, value: str) -> None:
    assert read({name: value}) == Settings()
