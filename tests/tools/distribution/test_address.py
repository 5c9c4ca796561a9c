"""TLS and proxies."""

import shutil
import socket
import ssl
import subprocess
import threading

import pytest

from relevo.tools.distribution import Credentials, Registry, address


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("docker.io", "https://registry-1.docker.io"),
        ("registry.example.org:80", "https://registry.example.org:80"),
        ("localhost", "http://localhost"),
        ("127.8.0.1:5000", "http://127.8.0.1:5000"),
        ("[::1]:5000", "http://[::1]:5000"),
        ("localhost.example.org", "https://localhost.example.org"),
        ("127.0.0.1.example.org", "https://127.0.0.1.example.org"),
        ("10.0.0.1:5000", "https://10.0.0.1:5000"),
        ("0.0.0.0", "https://0.0.0.0"),
    ],
)
def test_only_this_machine_is_asked_without_tls(host, base):
    assert address.base(host) == base


@pytest.fixture
def tls(fakes, tmp_path, monkeypatch):
    """A registry on this machine with TLS, and the certificate of the authority that vouches for it: itself."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate]
    command += ["-days", "2", "-subj", "/CN=here", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-addext", "keyUsage=critical,digitalSignature,keyCertSign"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    monkeypatch.setenv("RELEVO_REGISTRY_SSL", "1")
    return fakes(auth="basic", tls=context), certificate


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tls, monkeypatch, fails):
    fake, _ = tls
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    said = fails("registry-unreachable", lambda: fake.registry().resolve("a/b", "1"))
    assert "self-signed certificate" in said.replace("self signed", "self-signed")
    assert "SSL_CERT_FILE" in said
    assert fake.seen == []


def test_with_its_authority_named_it_is_trusted_and_not_left_for_http(tls, monkeypatch, fakes, fails):
    fake, certificate = tls
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    registry = fake.registry()
    assert registry.resolve("a/b", "1") is None
    fake.plant("GET", "/v2/", 307, {"Location": f"http://{fakes().host}/"})
    fails("registry-insecure", lambda: registry.manifest("a/b", "1"))


@pytest.fixture
def proxy():
    """A proxy that refuses: where it is, and the requests that it got."""
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def once():
            connection, _ = server.accept()
            with connection:
                seen.append(connection.recv(10_000).decode())
                connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=once, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", seen


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_is_gone_through_and_gets_its_own_password_only(proxy, monkeypatch, variable, fails):
    (where, seen), host = proxy, "registry.example.org"
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, f"http://us%40er:pass@{where}")
    environ = {"RELEVO_REGISTRY_USER": "ana", "RELEVO_REGISTRY_PASSWORD": "hunter2"}
    said = fails("registry-unreachable", lambda: Registry(host, Credentials(host, environ)).resolve("a", "1"))
    assert f"`{host}` cannot be reached: Tunnel connection failed: 407" in said
    assert "pass@" not in said
    assert seen[0].startswith(f"CONNECT {host}:443 ")
    assert "proxy-authorization: Basic dXNAZXI6cGFzcw==" in seen[0].replace("Proxy-A", "proxy-a")


@pytest.mark.parametrize("proxy", ["http://ana:hunter2@[", "http://ana:hunter2@proxy:port", "socks5://ana:hunter2@p:1"])
def test_a_proxy_whose_address_cannot_be_read_is_not_quoted(monkeypatch, proxy, fails):
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    registry = Registry("registry.example.org", Credentials(environ={}))
    said = fails("registry-unreachable", lambda: registry.resolve("a", "1"))
    assert "that of the proxy" in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({}, "https://a.example.org/", ""),
        ({"HTTPS_PROXY": "proxy:3128"}, "https://a.example.org/", "http://proxy:3128"),
        ({"HTTPS_PROXY": "proxy:3128", "NO_PROXY": "example.org"}, "https://a.example.org:5000/", ""),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "b.org"}, "https://a.example.org/", "http://proxy:3128"),
        ({"HTTP_PROXY": "http://proxy:3128"}, "https://a.example.org/", ""),
        ({"HTTP_PROXY": "http://proxy:3128"}, "http://127.0.0.1:5000/", ""),
    ],
)
def test_which_proxy_is_gone_through(monkeypatch, variables, url, proxy):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert address.proxy(url) == proxy
