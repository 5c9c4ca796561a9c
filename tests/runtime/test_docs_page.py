import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any


def test_the_page_needs_nothing_but_the_document_beside_it(service: Callable[..., Any]) -> None:
    reply = service()("GET", "/docs")
    page = reply.body.decode()
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert not re.search(r"https?:|//\w|@import|<script src|<link (?!rel=\"icon\" href=\"data:,\")", page)
    assert "fetch('openapi.json')" in page


def test_nothing_else_may_run_on_the_page(service: Callable[..., Any]) -> None:
    reply = service()("GET", "/docs")
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", reply.body.decode(), re.DOTALL)
        assert f"{tag}-src 'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in policy
    assert "innerHTML" not in reply.body.decode()
