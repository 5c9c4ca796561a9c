import base64
import json
from pathlib import Path

import pytest

from relevo.core.errors import OutsideError, UsageError
from relevo.tools.distribution import Credentials
from relevo.tools.distribution.credentials import Login

HOST = "registry.example.org"


def auth(user: str, password: str = "pw") -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def login_file(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def helper(tmp_path, monkeypatch):
    """helper(name, script): a program docker-credential-NAME; what it was asked lies in NAME.asked."""

    def make(name: str, script: str) -> Path:
        program = tmp_path / "bin" / f"docker-credential-{name}"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\ncat > {tmp_path}/{name}.asked\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        return tmp_path / f"{name}.asked"

    return make


def test_the_variables_are_for_the_registry_that_is_pushed_to_and_for_no_other():
    credentials = Credentials(HOST, {"RELEVO_REGISTRY_USER": "ana", "RELEVO_REGISTRY_PASSWORD": "pw"})
    assert credentials.login(HOST, "a") == Login("RELEVO_REGISTRY_USER", "ana", "pw")
    assert credentials.login("docker.io", "library/python") is None
    assert credentials.login(f"{HOST}:5000", "a") is None


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ("RELEVO_REGISTRY_USER", "RELEVO_REGISTRY_PASSWORD"),
        ("RELEVO_REGISTRY_PASSWORD", "RELEVO_REGISTRY_USER"),
    ],
)
def test_one_variable_alone_is_a_mistake(there, missing):
    with pytest.raises(UsageError) as caught:
        Credentials(HOST, {there: "hunter2", missing: ""}).login(HOST, "a")
    assert str(caught.value).startswith(f"`{missing}` is not set, but `{there}` is")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("files", "user"),
    [
        ({}, None),
        ({"named.json": "n", "docker/config.json": "d", "home/.docker/config.json": "h"}, "n"),
        ({"docker/config.json": "d", "home/.docker/config.json": "h", "run/containers/auth.json": "r"}, "d"),
        ({"home/.docker/config.json": "h"}, None),  # DOCKER_CONFIG is in its place, not before it
        ({"run/containers/auth.json": "r"}, "r"),
    ],
)
def test_the_files_of_docker_and_podman_in_order(tmp_path, files, user):
    for name, someone in files.items():
        login_file(tmp_path / name, {"auths": {HOST: auth(someone)}})
    variables = {
        "REGISTRY_AUTH_FILE": "named.json",
        "DOCKER_CONFIG": "docker",
        "HOME": "home",
        "XDG_RUNTIME_DIR": "run",
    }
    found = Credentials(HOST, {name: str(tmp_path / path) for name, path in variables.items()}).login(HOST, "a")
    assert (found.user if found else None) == user
    assert found is None or found.source in {str(tmp_path / name) for name in files}


def test_without_docker_config_the_home_folder_is_looked_into(tmp_path):
    path = login_file(tmp_path / ".docker" / "config.json", {"auths": {HOST: auth("ana", "a:b")}})
    assert Credentials("", {"HOME": str(tmp_path)}).login(HOST, "a") == Login(str(path), "ana", "a:b")


@pytest.mark.parametrize(
    ("auths", "host", "repository", "user"),
    [
        ({HOST: auth("ana")}, f"{HOST}:5000", "a", None),
        ({f"{HOST}:5000": auth("ana")}, HOST, "a", None),
        ({f"https://{HOST}/v2/": auth("ana")}, HOST, "a", "ana"),
        ({f"http://{HOST}/v1/": auth("ana")}, HOST, "a", "ana"),
        ({"https://index.docker.io/v1/": auth("ana")}, "docker.io", "library/python", "ana"),
        ({"docker.io": auth("ana")}, "docker.io", "library/python", "ana"),
        ({HOST: auth("all"), f"{HOST}/team": auth("team")}, HOST, "team/name", "team"),
        ({HOST: auth("all"), f"{HOST}/team": auth("team")}, HOST, "teams/name", "all"),
        ({f"{HOST}/team/name": auth("one"), f"{HOST}/team": auth("team")}, HOST, "team/name", "one"),
        ({f"evil.example.org/{HOST}": auth("ana")}, HOST, "a", None),
        ({HOST: {}}, HOST, "a", None),
        ({HOST: {"auth": ""}}, HOST, "a", None),
    ],
)
def test_which_entry_is_for_a_repository(tmp_path, auths, host, repository, user):
    path = login_file(tmp_path / "auth.json", {"auths": auths})
    found = Credentials("", {"REGISTRY_AUTH_FILE": str(path)}).login(host, repository)
    assert (found.user if found else None) == user


def test_an_identity_token_is_known_as_one(tmp_path):
    entry = {**auth("00000000-0000-0000-0000-000000000000", ""), "identitytoken": "t0ken"}
    path = login_file(tmp_path / "auth.json", {"auths": {HOST: entry}})
    found = Credentials("", {"REGISTRY_AUTH_FILE": str(path)}).login(HOST, "a")
    assert found
    assert (found.is_token, found.password) == (True, "t0ken")


@pytest.mark.parametrize("content", ["", "{", "[]", {"auths": {HOST: "hunter2"}}, {"auths": {HOST: {"auth": "é2"}}}])
def test_a_broken_file_is_named_and_not_quoted(tmp_path, content):
    path = login_file(tmp_path / "auth.json", content)
    with pytest.raises(OutsideError) as caught:
        Credentials("", {"REGISTRY_AUTH_FILE": str(path)}).login(HOST, "a")
    assert caught.value.code == "credentials-unreadable"
    assert str(path) in str(caught.value)
    assert "2" not in str(caught.value).replace(str(path), "")


def test_a_helper_is_asked_for_its_host_only(tmp_path, helper):
    asked = helper("ring", """echo '{"ServerURL": "x", "Username": "ana", "Secret": "pw"}'""")
    path = login_file(tmp_path / "auth.json", {"credHelpers": {HOST: "ring"}, "auths": {"b.example.org": auth("bob")}})
    credentials = Credentials("", {"REGISTRY_AUTH_FILE": str(path)})
    assert credentials.login("b.example.org", "a") == Login(str(path), "bob", "pw")
    assert not asked.exists()
    assert credentials.login(HOST, "a") == Login("docker-credential-ring", "ana", "pw")
    assert asked.read_text() == HOST


def test_a_store_is_asked_for_every_host_and_by_dockers_name_for_the_hub(tmp_path, helper):
    asked = helper("store", """echo '{"Username": "<token>", "Secret": "pw"}'""")
    path = login_file(tmp_path / "auth.json", {"credsStore": "store", "auths": {"https://index.docker.io/v1/": {}}})
    found = Credentials("", {"REGISTRY_AUTH_FILE": str(path)}).login("docker.io", "library/python")
    assert found
    assert found.is_token
    assert asked.read_text() == "https://index.docker.io/v1/"


def test_a_store_that_knows_nothing_leaves_it_to_the_entries(tmp_path, helper):
    helper("store", "echo credentials not found in native keychain; exit 1")
    path = login_file(tmp_path / "auth.json", {"credsStore": "store", "auths": {HOST: auth("ana")}})
    credentials = Credentials("", {"REGISTRY_AUTH_FILE": str(path)})
    assert credentials.login(HOST, "a") == Login(str(path), "ana", "pw")
    assert credentials.login("b.example.org", "a") is None


@pytest.mark.parametrize("script", ["echo hunter2; exit 1", "echo hunter2", "echo hunter2 >&2; exit 3", "echo '[]'"])
def test_a_helper_that_fails_is_named_and_not_quoted(tmp_path, helper, script):
    helper("ring", script)
    path = login_file(tmp_path / "auth.json", {"credHelpers": {HOST: "ring"}})
    with pytest.raises(OutsideError) as caught:
        Credentials("", {"REGISTRY_AUTH_FILE": str(path)}).login(HOST, "a")
    assert caught.value.code == "credentials-helper"
    assert "`docker-credential-ring`" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_helper_that_is_not_installed_is_named(tmp_path, helper):
    helper("other", "")
    path = login_file(tmp_path / "auth.json", {"credsStore": "absent"})
    with pytest.raises(OutsideError, match="docker-credential-absent") as caught:
        Credentials("", {"REGISTRY_AUTH_FILE": str(path)}).login(HOST, "a")
    assert caught.value.code == "program-missing"


def test_a_login_shows_only_where_it_is_from():
    assert repr(Login("file", "ana", "pw")) == "Login(source='file')"
    assert "pw" not in repr(Credentials("", {"RELEVO_REGISTRY_PASSWORD": "pw"}))
