"""The text key and the rank: who is held out is decided by the text alone, for ever.

    key(text)  = NFC, outer white space trimmed, inner white space collapsed to one space; case is kept
    rank(text) = the first 8 hexadecimal digits of SHA-256 of the key in UTF-8, as a number, modulo 10,000

White space is what `str.split()` of Python takes for it. Both are plain definitions that any engine can compute (in
Spark: `conv(substr(sha2(key, 256), 1, 8), 16, 10) % 10000`). A row is held out iff `rank < holdout * 10000`.
"""

#: What Python's `str.isspace` accepts, for RE2.
WHITE = r"[\t-\r\x1c-\x20\x{85}\p{Z}]+"
#: Where a text is not yet its key. Most are, and this costs a quarter of replacing.
_UNTIDY = r"^ |  | $|[\t-\r\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"


def trimmed(text: str) -> str:
    """The SQL expression `text` without outer white space."""
    return rf"regexp_replace({text}, '^{WHITE}|{WHITE}$', '', 'g')"


def key(text: str) -> str:
    """The text key of a SQL expression."""
    composed = f"nfc_normalize({text})"
    tidied = f"trim(regexp_replace({composed}, '{WHITE}', ' ', 'g'), ' ')"
    return f"CASE WHEN regexp_matches({composed}, '{_UNTIDY}') THEN {tidied} ELSE {composed} END"


def rank(key: str) -> str:
    """The rank, 0 to 9999, of a SQL expression that is a text key."""
    return f"(('0x' || left(sha256({key}), 8))::BIGINT % 10000)::INTEGER"
