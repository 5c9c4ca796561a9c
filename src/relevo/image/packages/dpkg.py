"""The order of Debian's versions (Debian Policy, 5.6.12): which of two is the later one. Pure."""

import re

_TILDE, _END, _OTHER = -1, 0, 256


def order(version: str) -> tuple[object, ...]:
    """What sorts as `version` does: `1:2.0~rc1-3` before `1:2.0-1` before `1:2.0+b1-1`.

    Versions are compared by epoch, then by the upstream part, then by the revision. Raises ValueError for an epoch that
    is no number.
    """
    version = version.strip()
    epoch, _, rest = version.partition(":") if ":" in version else ("0", "", version)
    if not epoch.isdigit():
        raise ValueError(f"`{version}` has an epoch that is no number")
    upstream, _, revision = rest.rpartition("-") if "-" in rest else (rest, "", "0")
    return int(epoch), _parts(upstream), _parts(revision)


def _parts(text: str) -> tuple[tuple[tuple[int, ...], int], ...]:
    """What is no digit and what is one, by turns; where one text ends, a tilde in the other still comes before it."""
    return tuple((_letters(other), int(digits or 0)) for other, digits in re.findall(r"(\D*)(\d*)", text))


def _letters(text: str) -> tuple[int, ...]:
    """Tildes before the end, letters before everything else."""
    weights = (_TILDE if sign == "~" else ord(sign) if sign.isalpha() else ord(sign) + _OTHER for sign in text)
    return (*weights, _END)
