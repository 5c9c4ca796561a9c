"""What to say when a registry, or the way to it, fails."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from relevo.core.errors import OutsideError
from relevo.core.message import N_

if TYPE_CHECKING:
    from relevo.tools.http import Answer

#: How much of a registry's own words is shown.
_CHARACTERS = 200

_NETWORK = N_("check the name of the host, the network, and HTTPS_PROXY and NO_PROXY; then run again")
_TRUST = N_("name the file with your authority's certificate in SSL_CERT_FILE, then run again")


def unreachable(host: str, error: Exception) -> OutsideError:
    """For what urllib3 raised, or the ValueError of an address that cannot be read."""
    from urllib3.exceptions import NewConnectionError, ProtocolError, TimeoutError

    if isinstance(error, TimeoutError) and not isinstance(error, NewConnectionError):
        return OutsideError("registry-unreachable", N_("`{host}` does not answer in time"), hint=_NETWORK, host=host)
    if isinstance(error, ProtocolError):
        return OutsideError("registry-unreachable", N_("`{host}` broke off the connection"), hint=_NETWORK, host=host)
    if isinstance(error, ValueError):  # not quoted: the address of a proxy may hold a password
        return OutsideError(
            "registry-unreachable",
            N_("`{host}` cannot be reached: its address, or that of the proxy, cannot be read"),
            hint=_NETWORK,
            host=host,
        )
    reason, untrusted = _reason(error)
    return OutsideError(
        "registry-unreachable",
        N_("`{host}` cannot be reached: {reason}"),
        hint=_TRUST if untrusted else _NETWORK,
        host=host,
        reason=reason,
    )


def _reason(error: BaseException) -> tuple[str, bool]:
    """What the system says at the root of `error`, and whether it is that a certificate cannot be trusted."""
    import ssl

    root: BaseException | None = error
    while root:
        if isinstance(root, ssl.SSLCertVerificationError):
            return root.verify_message, True
        if isinstance(root, OSError):
            return root.strerror or str(root), False
        root = root.__cause__ or root.__context__
    return str(error), False


def refused(host: str, what: str, source: str, reason: str) -> OutsideError:
    """For 401 and 403. `source` is where the password came from; empty when none was sent."""
    if source:
        return OutsideError(
            "registry-refused",
            N_("`{host}` refuses `{what}` to the user from `{source}`: {reason}"),
            hint=N_("check the password and the rights of that user, or log in again"),
            host=host,
            what=what,
            source=source,
            reason=reason,
        )
    return OutsideError(
        "registry-refused",
        N_("`{host}` refuses `{what}` without a password"),
        hint=N_(
            "log in with `docker login {host}` or `podman login {host}`; for the registry that images are pushed to, "
            "RELEVO_REGISTRY_USER and RELEVO_REGISTRY_PASSWORD do as well"
        ),
        host=host,
        what=what,
    )


def missing(host: str, what: str) -> OutsideError:
    """For 404."""
    return OutsideError(
        "registry-missing",
        N_("`{host}` has no `{what}`"),
        hint=N_("check the name; some registries want a repository to be created there before its first image"),
        host=host,
        what=what,
    )


def failed(host: str, method: str, what: str, status: int, reason: str) -> OutsideError:
    """For every other status that nobody expected."""
    return OutsideError(
        "registry-failed",
        N_("`{host}` answers {method} of `{what}` with {status}: {reason}"),
        hint=N_("that is the registry's trouble: run again later") if status >= 500 or status == 429 else "",
        host=host,
        method=method,
        what=what,
        status=status,
        reason=reason,
    )


def unexpected(host: str, what: str) -> OutsideError:
    """For an answer that has the right status and not what the specification says."""
    return OutsideError(
        "registry-unexpected",
        N_("what `{host}` answers for `{what}` is not what a registry answers"),
        hint=N_("check that `{host}` is a registry and no page before it, a login for example"),
        host=host,
        what=what,
    )


def insecure(host: str, target: str) -> OutsideError:
    """For an address without TLS."""
    return OutsideError(
        "registry-insecure",
        N_("`{host}` sends on to `{target}` without TLS, which is not followed"),
        hint=N_("the registry, or the proxy before it, must be told that its address begins with https"),
        host=host,
        target=target,
    )


def damaged(host: str, what: str, found: str, digest: str) -> OutsideError:
    """For content that does not have its digest."""
    return OutsideError(
        "digest-mismatch",
        N_("`{what}` from `{host}` has the digest `{found}` instead of `{digest}`"),
        hint=N_("it was damaged on its way or in the registry: run again, then ask who runs it"),
        host=host,
        what=what,
        found=found,
        digest=digest,
    )


def told(answer: "Answer", secrets: Iterable[str]) -> str:
    """The first error in the registry's own words, else the name of the status; nothing with one of `secrets` in it."""
    from http import HTTPStatus

    phrase = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else str(answer.status)
    try:
        first = answer.json()["errors"][0]
        words = ": ".join(part for part in (first.get("code"), first.get("message")) if part)
    except (KeyError, IndexError, TypeError, AttributeError):
        return phrase
    shown = "".join(letter if letter.isprintable() else " " for letter in words)[:_CHARACTERS]
    return phrase if not shown or any(secret in words for secret in secrets) else shown
