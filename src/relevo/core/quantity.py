"""Amounts as Kubernetes writes them: `500m` of a processor, `256Mi` of memory.

The notation: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

import re
from fractions import Fraction

_FACTORS = {
    "m": Fraction(1, 1000),
    "": Fraction(1),
    "k": Fraction(1000),
    "M": Fraction(1000**2),
    "G": Fraction(1000**3),
    "Ki": Fraction(1024),
    "Mi": Fraction(1024**2),
    "Gi": Fraction(1024**3),
}
_QUANTITY = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<unit>m|k|M|G|Ki|Mi|Gi)?", re.ASCII)


def is_quantity(text: str) -> bool:
    """Whether `text` is an amount above zero."""
    match = _QUANTITY.fullmatch(text)
    return match is not None and Fraction(match["number"]) > 0


def amount(text: str) -> Fraction:
    """Cores, or bytes. Raises ValueError when `text` is no quantity."""
    match = _QUANTITY.fullmatch(text)
    if not match:
        raise ValueError(text)
    return Fraction(match["number"]) * _FACTORS[match["unit"] or ""]
