"""One request over the network: certificates, proxies, time limits, and files that are streamed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from relevo.tools.distribution import address, failures
from relevo.tools.files import unreadable

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

#: In seconds: until somebody accepts, and between two pieces of what is sent or received.
CONNECT, READ = 10.0, 60.0

BLOCK = 256 * 1024


def ignore(done: int) -> None:
    """The progress of what nobody watches."""


class Connections:
    """Kept open from one request to the next, and closed when this object goes."""

    def __init__(self) -> None:
        self._managers: dict[str, PoolManager] = {}

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | Path | None = None,
        progress: Callable[[int], None] = ignore,
    ) -> "BaseHTTPResponse":
        """The answer, whatever its status, still to be read; nothing is followed or tried again.

        A file needs its Content-Length among the headers. Raises OutsideError when no answer comes.
        """
        from urllib3 import Timeout

        # urllib3 sends under the limit for connecting, and a registry may pause for longer while it takes a file.
        timeout = Timeout(connect=READ if isinstance(body, Path) else CONNECT, read=READ)
        with translated(url):
            return self._manager(url).request(
                method,
                url,
                body=_blocks(body, progress) if isinstance(body, Path) else body,
                headers={"User-Agent": "relevo", **headers},
                timeout=timeout,
                retries=False,
                redirect=False,
                preload_content=False,
            )

    def _manager(self, url: str) -> "PoolManager":
        """Trusts the certificates of the system, or those of SSL_CERT_FILE and SSL_CERT_DIR."""
        import ssl

        from urllib3 import PoolManager, ProxyManager, make_headers

        proxy = address.proxy(url)
        if proxy not in self._managers:
            context = ssl.create_default_context()
            user, at, _ = urlsplit(proxy).netloc.rpartition("@")
            headers = make_headers(proxy_basic_auth=unquote(user)) if at else None
            self._managers[proxy] = (
                ProxyManager(proxy, proxy_headers=headers, ssl_context=context)
                if proxy
                else PoolManager(ssl_context=context)
            )
        return self._managers[proxy]


@contextmanager
def translated(url: str) -> Iterator[None]:
    """What urllib3 raises in the block becomes an OutsideError that names the host of `url`.

    So does a ValueError, which is what an address that cannot be read ends with, also that of a proxy.
    """
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ValueError as error:
        raise failures.unreachable(address.host(url), error) from None  # it may quote the password of a proxy
    except HTTPError as error:
        raise failures.unreachable(address.host(url), error) from error


def _blocks(path: Path, progress: Callable[[int], None]) -> Iterator[bytes]:
    done = 0
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
                done += len(block)
                progress(done)
    except OSError as error:
        raise unreadable(path, error) from error
