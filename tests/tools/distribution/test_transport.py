"""Who gets the password and the tokens, and what is followed."""

import hashlib
import json

import pytest

from relevo.core.errors import OutsideError
from relevo.tools.distribution import Credentials, Registry

CONTENT = b"layer" * 1_000
DIGEST = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
BLOB = f"/v2/a/b/blobs/{DIGEST}"


@pytest.fixture
def file(blob):
    return blob(CONTENT)[0]


@pytest.mark.parametrize("auth", ["basic", "bearer"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_storage_that_a_registry_sends_on_to_gets_neither_password_nor_token(fakes, tmp_path, auth, status):
    fake, storage = fakes(auth=auth), fakes()
    storage.plant("GET", "^/bucket", body=CONTENT)
    fake.blobs["a/b", DIGEST] = CONTENT
    registry = fake.registry()
    assert registry.has_blob("a/b", DIGEST)  # who we are is known from here on
    fake.plant("GET", BLOB, status, {"Location": f"http://{storage.host}/bucket?X-Signature=abc"})
    registry.pull_blob("a/b", DIGEST, tmp_path / "blob")
    assert (tmp_path / "blob").read_bytes() == CONTENT
    (seen,) = storage.seen
    assert "authorization" not in seen.headers
    assert fake.asked("GET", BLOB)[-1].headers["authorization"]


@pytest.mark.parametrize("asks", ["basic", "bearer"])
def test_storage_that_asks_for_a_password_gets_none(fakes, tmp_path, asks, fails):
    fake, storage = fakes(auth="basic"), fakes(auth=asks)
    fake.plant("GET", BLOB, 307, {"Location": f"http://{storage.host}{BLOB}?X-Signature=abc"})
    said = fails("registry-failed", lambda: fake.registry().pull_blob("a/b", DIGEST, tmp_path / "blob"))
    assert f"`{storage.host}`" in said
    assert "X-Signature" not in said
    assert [seen.headers.get("authorization") for seen in storage.seen] == [None]


@pytest.mark.parametrize(("location", "sent"), [("/put", "/put?"), ("/put?signed=1", "/put?signed=1&")])
def test_an_upload_to_somebody_else_carries_neither_password_nor_token(fakes, file, location, sent):
    fake, storage = fakes(auth="bearer"), fakes()
    fake.plant("POST", "uploads", 202, {"Location": f"http://{storage.host}{location}"})
    storage.plant("PUT", "/put", 201)
    fake.registry().push_blob("a/b", file, DIGEST)
    (seen,) = storage.seen
    assert seen.path == f"{sent}digest={DIGEST.replace(':', '%3A')}"
    assert seen.body == CONTENT
    assert "authorization" not in seen.headers


def test_a_redirect_back_home_is_made_as_oneself(fakes, tmp_path, fails):
    fake = fakes(auth="basic")
    fake.blobs["a/b", DIGEST] = CONTENT
    fake.plant("GET", "old", 308, {"Location": BLOB})
    fake.plant("GET", "/manifests/", 308, {"Location": "/v2/a/b/blobs/old"})
    assert fails("registry-unexpected", lambda: fake.registry().manifest("a/b", "1"))  # a blob is no JSON
    assert fake.asked("GET", BLOB)[-1].headers["authorization"]


@pytest.mark.parametrize("location", ["http://registry.example.org/x", "ftp://127.0.0.1/x", "http://[", "//:x/", ""])
def test_what_is_no_safe_address_is_not_followed(fakes, tmp_path, location):
    fake = fakes(auth="basic")
    fake.plant("GET", BLOB, 307, {"Location": location})
    with pytest.raises(OutsideError) as caught:
        fake.registry().pull_blob("a/b", DIGEST, tmp_path / "blob")
    assert caught.value.code in ("registry-insecure", "registry-unexpected")
    assert list(tmp_path.iterdir()) == []


def test_a_token_service_without_tls_gets_no_password(fakes, fails):
    fake = fakes()
    fake.plant("GET", "/v2/", 401, {"WWW-Authenticate": 'Bearer realm="http://auth.example.org/token"'})
    said = fails("registry-insecure", lambda: fake.registry().manifest("a/b", "1"))
    assert "`auth.example.org`" in said


def test_nobody_is_told_a_password_that_did_not_ask(fakes, file):
    fake = fakes()
    fake.registry().push_blob("a/b", file, DIGEST)
    assert all("authorization" not in seen.headers for seen in fake.seen)


def test_a_registry_that_repeats_the_password_is_not_quoted(fakes, fails):
    fake = fakes(auth="basic")
    body = json.dumps({"errors": [{"code": "NO", "message": f"not for {fake.secrets[1]}"}]}).encode()
    registry = fake.registry()
    registry.resolve("a/b", "1")
    fake.plant("GET", "/v2/", 500, {}, body)
    said = fails("registry-failed", lambda: registry.manifest("a/b", "1"))
    assert "500: Internal Server Error" in said


def test_who_may_push_asks_for_one_token_and_keeps_it(fakes, file):
    fake = fakes(auth="bearer")
    registry = fake.registry()
    registry.push_blob("a/b", file, DIGEST)
    registry.push_manifest("a/b", "1", b"{}", "application/json")
    assert list(fake.tokens.values()) == ["repository:a/b:pull,push"]
    assert "service=fake" in fake.asked("GET", "/token")[0].path
    registry.resolve("c", "1")
    assert list(fake.tokens.values())[1:] == ["repository:c:pull"]


def test_a_token_that_ran_out_is_renewed_and_the_file_sent_again(fakes, file):
    fake = fakes(auth="bearer")
    registry = fake.registry()
    registry.has_blob("a/b", DIGEST)
    first = fake.answer

    def run_out(seen):
        if seen.method == "PUT" and len(fake.asked("PUT")) == 1:
            fake.tokens.clear()
        return first(seen)

    fake.answer = run_out
    progress = []
    registry.push_blob("a/b", file, DIGEST, progress.append)
    assert fake.blobs["a/b", DIGEST] == CONTENT
    assert progress == [len(CONTENT)] * 2


def test_an_identity_token_buys_the_token_and_goes_nowhere_else(fakes, tmp_path):
    fake = fakes(auth="bearer")
    path = tmp_path / "auth.json"
    path.write_text(json.dumps({"auths": {fake.host: {"identitytoken": fake.secrets[0]}}}), encoding="utf-8")
    registry = Registry(fake.host, Credentials("", {"REGISTRY_AUTH_FILE": str(path)}))
    assert registry.resolve("a/b", "1") is None
    (asked,) = fake.asked("POST")
    assert asked.path == "/token"
    assert b"grant_type=refresh_token" in asked.body
    assert all(seen.headers.get("authorization", "Bearer").startswith("Bearer") for seen in fake.seen)


def test_what_is_public_is_read_without_a_password(fakes):
    fake = fakes(auth="bearer")
    fake.tokens["anonymous"] = "repository:library/python:pull"
    assert fake.registry(user="").resolve("library/python", "3.12") is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"token": 1}', b'{"token": ""}', b'{"token": "a\\nb: c"}'])
def test_a_token_service_that_gives_no_token(fakes, body, fails):
    fake = fakes(auth="bearer")
    fake.plant("GET", "/token", 200, {}, body)
    fails("registry-unexpected", lambda: fake.registry().manifest("a/b", "1"))
