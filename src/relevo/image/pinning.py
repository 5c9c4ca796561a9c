"""A name of an image with its digest, so that what is built tomorrow stands on what was built on today."""

from relevo.core.errors import OutsideError
from relevo.tools.distribution import Credentials, Reference, Registry


def pinned(name: str) -> str:
    """`name@sha256:…` where its registry can be asked and knows it, else `name` as it is.

    Raises UsageError when `name` is no name of an image.
    """
    reference = Reference.parse(name)
    if reference.digest:
        return name
    try:
        found = Registry(reference.host, Credentials()).resolve(reference.repository, reference.name)
    except OutsideError:
        return name
    return f"{name}@{found.digest}" if found else name
