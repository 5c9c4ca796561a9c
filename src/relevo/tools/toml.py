"""What of TOML the standard library reads and does not write."""

import json
import re


def key(name: str) -> str:
    """`name` as a key: bare where it may be, else quoted."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else text(name)


def text(value: str) -> str:
    """`value` as a literal that JSON, TOML and Python all read the same way."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
