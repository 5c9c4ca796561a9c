"""Addresses: which may be asked without TLS, and through which proxy."""

import os
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from relevo.tools.distribution.reference import DOCKER_HUB

#: The hub answers at another host than the one in the names of its images.
_API_HOSTS = {DOCKER_HUB: f"registry-1.{DOCKER_HUB}"}

_PORTS = {"http": 80, "https": 443}


def base(name: str) -> str:
    """Where the API of a registry is: https, but for this very machine http unless RELEVO_REGISTRY_SSL is `1`."""
    local = is_loopback(urlsplit(f"//{name}").hostname or "")
    scheme = "http" if local and os.environ.get("RELEVO_REGISTRY_SSL") != "1" else "https"
    return f"{scheme}://{_API_HOSTS.get(name, name)}"


def is_loopback(hostname: str) -> bool:
    """Whether it is localhost, or an address that never leaves this machine."""
    from ipaddress import ip_address

    try:
        return hostname == "localhost" or ip_address(hostname).is_loopback
    except ValueError:
        return False


def origin(url: str) -> tuple[str, str, int]:
    """(scheme, host, port): who has another one is somebody else. Raises ValueError when `url` has none."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme]


def host(url: str) -> str:
    """The host and port of `url`, for messages."""
    return urlsplit(url).netloc.rpartition("@")[2]


def with_query(url: str, values: Mapping[str, str]) -> str:
    """`url` with `values` added to its query; what is empty is left out."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, form(values).decode())))))


def form(values: Mapping[str, str]) -> bytes:
    """`values` as the body of a form; what is empty is left out."""
    return urlencode({key: value for key, value in values.items() if value}).encode()


def proxy(url: str) -> str:
    """What HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say, in either case; empty for none.

    None for this machine itself, which a proxy cannot reach.
    """
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    if is_loopback(parts.hostname or "") or proxy_bypass(parts.netloc):
        return ""
    known = getproxies()
    found = known.get(parts.scheme) or known.get("all") or ""
    return found if not found or "://" in found else f"http://{found}"
