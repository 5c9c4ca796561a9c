"""What breaks on the way to a registry, and what is said then."""

import hashlib
import socket
import time

import pytest

from relevo.tools.distribution import Credentials, Registry, connection

CONTENT = b"layer" * 1_000
DIGEST = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


@pytest.fixture
def file(blob):
    return blob(CONTENT)[0]


def test_a_registry_that_is_down_is_named_with_the_reason(fails):
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
    said = fails("registry-unreachable", lambda: Registry(host, Credentials(environ={})).resolve("a", "1"))
    assert said.startswith(f"`{host}` cannot be reached: Connection refused\nhint: ")


def test_a_host_that_nobody_knows_is_named(fails):
    registry = Registry("registry.invalid", Credentials(environ={}))
    assert "`registry.invalid` cannot be reached" in fails("registry-unreachable", lambda: registry.resolve("a", "1"))


def test_silence_ends_with_the_time_limit(fakes, monkeypatch, fails):
    monkeypatch.setattr(connection, "READ", 0.1)
    fake = fakes()
    fake.plant("GET", "/v2/", body=lambda handler: time.sleep(1))
    said = fails("registry-unreachable", lambda: fake.registry().manifest("a/b", "1"))
    assert f"`{fake.host}` does not answer in time" in said


def test_an_upload_that_is_cut_off_leaves_nothing(fakes, blob, fails):
    fake = fakes(auth="basic")
    path, digest = blob(b"x" * 20_000_000)

    def cut(handler):
        handler.rfile.read(100_000)
        handler.connection.shutdown(socket.SHUT_RDWR)

    fake.plant("PUT", "uploads", body=cut)
    progress = []
    said = fails("registry-unreachable", lambda: fake.registry().push_blob("a/b", path, digest, progress.append))
    assert f"`{fake.host}` broke off the connection" in said
    assert max(progress, default=0) < 20_000_000
    assert fake.blobs == {}


def test_a_registry_may_pause_while_it_takes_a_file(fakes, blob, monkeypatch):
    monkeypatch.setattr(connection, "CONNECT", 0.1)
    fake = fakes()
    path, digest = blob(b"x" * 20_000_000)

    def pause(handler):
        time.sleep(0.5)
        handler.rfile.read(20_000_000)
        handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")

    fake.plant("PUT", "uploads", body=pause)
    fake.registry().push_blob("a/b", path, digest)


def test_what_is_pushed_follows_no_redirect(fakes, fails):
    fake = fakes()
    fake.plant("PUT", "/manifests/", 307, {"Location": "/v2/a/b/manifests/2"})
    push = fake.registry().push_manifest
    assert "307: " in fails("registry-failed", lambda: push("a/b", "1", b"{}", "application/json"))


def test_an_upload_that_is_refused_before_its_end_says_why(fakes, blob, fails):
    fake = fakes()
    path, digest = blob(b"x" * 20_000_000)

    def refuse(handler):
        handler.rfile.read(100_000)
        body = b'{"errors": [{"code": "DENIED", "message": "quota\\u001b[31m exceeded"}]}'
        handler.wfile.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        handler.connection.shutdown(socket.SHUT_WR)
        while handler.connection.recv(65_536):
            pass

    fake.plant("PUT", "uploads", body=refuse)
    said = fails("registry-failed", lambda: fake.registry().push_blob("a/b", path, digest))
    assert f"answers PUT of `a/b@{digest}` with 413: DENIED: quota [31m exceeded" in said


def test_a_download_that_is_cut_off_leaves_nothing(fakes, tmp_path, fails):
    fake = fakes()
    fake.plant("GET", "/blobs/", 200, {"Content-Length": str(len(CONTENT) + 1), "Connection": "close"}, CONTENT)
    target = tmp_path / "blob"
    target.write_bytes(b"older")
    assert "broke off" in fails("registry-unreachable", lambda: fake.registry().pull_blob("a/b", DIGEST, target))
    assert ([path.name for path in tmp_path.iterdir()], target.read_bytes()) == (["blob"], b"older")


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"x", b""])
def test_what_does_not_have_its_digest_is_not_kept(fakes, tmp_path, content, fails):
    fake = fakes()
    fake.plant("GET", "/blobs/", body=content)
    said = fails("digest-mismatch", lambda: fake.registry().pull_blob("a/b", DIGEST, tmp_path / "blob"))
    assert f"`a/b@{DIGEST}` from `{fake.host}`" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["1.0.0", DIGEST])
def test_a_manifest_that_does_not_have_its_digest_is_refused(fakes, name, fails):
    fake = fakes()
    fake.plant("GET", "/manifests/", headers={"Docker-Content-Digest": DIGEST}, body=b"{}")
    fake.plant("HEAD", "/manifests/", headers={"Docker-Content-Digest": "sha256:" + "0" * 64, "Content-Type": "a/b"})
    fails("digest-mismatch", lambda: fake.registry().manifest("a/b", name))
    if name == DIGEST:
        fails("digest-mismatch", lambda: fake.registry().resolve("a/b", name))


def test_a_registry_that_changes_what_is_pushed_is_noticed(fakes, fails):
    fake = fakes()
    fake.plant("PUT", "/manifests/", 201, {"Docker-Content-Digest": DIGEST})
    fails("digest-mismatch", lambda: fake.registry().push_manifest("a/b", "1", b"{}", "application/json"))


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, b"oops", "500: Internal Server Error\nhint: "),
        (503, b'{"errors": []}', "503: Service Unavailable\nhint: "),
        (429, b'{"errors": [{"code": "TOOMANYREQUESTS"}]}', "429: TOOMANYREQUESTS\nhint: "),
        (412, b'{"errors": [{"code": "DENIED", "message": "immutable"}]}', "412: DENIED: immutable"),
        (418, b'{"errors": [{"message": "%s"}]}' % (b"x" * 1_000), "418: " + "x" * 200),
        (299, b"", "299: 299"),
    ],
)
def test_a_status_that_nobody_expected_is_told_in_the_registrys_words(fakes, status, body, words, fails):
    fake = fakes()
    fake.plant("GET", "/v2/", status, body=body)
    said = fails("registry-failed", lambda: fake.registry().manifest("a/b", "1"))
    assert said.startswith(f"`{fake.host}` answers GET of `a/b:1` with {words}")
    assert ("hint" in said) == (status >= 429 and status != 418)


def test_a_right_that_a_user_lacks_is_no_wrong_password_but_names_its_source(fakes, fails):
    fake = fakes(auth="basic")
    registry = fake.registry()
    registry.resolve("a/b", "1")
    fake.plant("PUT", "/v2/", 403, body=b'{"errors": [{"code": "DENIED", "message": "read only"}]}')
    said = fails("registry-refused", lambda: registry.push_manifest("a/b", "1", b"{}", "application/json"))
    assert "to the user from `RELEVO_REGISTRY_USER`: DENIED: read only" in said


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"x" * (4 * 1024 * 1024 + 1)])
def test_a_page_or_too_much_is_no_manifest(fakes, body, fails):
    fake = fakes()
    fake.plant("GET", "/v2/", body=body)
    fails("registry-unexpected", lambda: fake.registry().manifest("a/b", "1"))


def test_an_upload_that_is_told_no_address(fakes, file, fails):
    fake = fakes()
    fake.plant("POST", "uploads", 202)
    fails("registry-unexpected", lambda: fake.registry().push_blob("a/b", file, DIGEST))


def test_a_circle_of_redirects_ends(fakes, fails):
    fake = fakes()
    fake.plant("GET", "/v2/", 307, {"Location": "/v2/a/b/manifests/1"})
    fails("registry-unexpected", lambda: fake.registry().manifest("a/b", "1"))
    assert len(fake.seen) < 20


def test_files_that_cannot_be_read_or_written_are_named(fakes, tmp_path, fails):
    fake = fakes()
    fake.blobs["a/b", DIGEST] = CONTENT
    gone = tmp_path / "gone"
    assert f"`{gone}`" in fails("cannot-read", lambda: fake.registry().push_blob("a/b", gone, DIGEST))
    (tmp_path / "taken").write_bytes(b"")
    target = tmp_path / "taken" / "blob"
    assert f"`{target}`" in fails("cannot-write", lambda: fake.registry().pull_blob("a/b", DIGEST, target))
    fake.blobs.clear()
    assert f"`{tmp_path}`" in fails("cannot-read", lambda: fake.registry().push_blob("a/b", tmp_path, DIGEST))
