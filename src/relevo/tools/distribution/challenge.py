"""The header WWW-Authenticate."""

import re
from collections.abc import Mapping

_SCHEME = re.compile(r"(?:^|,)\s*(basic|bearer)(?=\s|,|$)", re.IGNORECASE)
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))')


def challenges(header: str) -> Mapping[str, Mapping[str, str]]:
    """`basic` and `bearer`, whichever are asked for → their parameters, names in lower case (RFC 9110, 11.6.1)."""
    found = _SCHEME.split(header)[1:]
    return {
        scheme.lower(): {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(parameters)}
        for scheme, parameters in zip(found[::2], found[1::2], strict=True)
    }
