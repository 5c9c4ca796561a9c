"""What others say in English whatever the locale, the system and Python's TOML reader, as messages of the catalogue.

It reaches the reader as the `reason` of an error of ours. What is not known here is shown as it came.
"""

import re

from relevo.core.message import N_, Message

#: The system, on files, disks and addresses.
SYSTEM = (
    N_("Cannot assign requested address"),
    N_("Connection refused"),
    N_("Directory not empty"),
    N_("Disk quota exceeded"),
    N_("File exists"),
    N_("File name too long"),
    N_("File too large"),
    N_("Input/output error"),
    N_("Is a directory"),
    N_("Name or service not known"),
    N_("Network is unreachable"),
    N_("No route to host"),
    N_("No space left on device"),
    N_("No such file or directory"),
    N_("Not a directory"),
    N_("Operation not permitted"),
    N_("Permission denied"),
    N_("Read-only file system"),
    N_("Temporary failure in name resolution"),
    N_("Too many open files"),
)
#: OpenSSL, on certificates.
CERTIFICATES = (
    N_("certificate has expired"),
    N_("self-signed certificate"),
    N_("unable to get local issuer certificate"),
)
#: tomllib, on what it cannot read.
TOML = (
    N_("Cannot overwrite a value"),
    N_("Escaped character is not a Unicode scalar value"),
    N_("Expected '=' after a key in a key/value pair"),
    N_("Expected ']' at the end of a table declaration"),
    N_("Expected ']]' at the end of an array declaration"),
    N_("Expected newline or end of document after a statement"),
    N_("Invalid date or datetime"),
    N_("Invalid hex value"),
    N_("Invalid initial character for a key part"),
    N_("Invalid statement"),
    N_("Invalid value"),
    N_("Unclosed array"),
    N_("Unclosed inline table"),
    N_("Unescaped '\\' in a string"),
    N_("Unterminated string"),
)
#: The same with something of the text in it.
_QUOTING = (
    (r"(?:Found invalid|Illegal) character (?P<what>.+)", N_("Found invalid character {what}")),
    (r"Cannot declare \('?(?P<what>.+?)'?,?\) twice", N_("Cannot declare {what} twice")),
    (r"Cannot (?:mutate immutable|redefine) namespace \('?(?P<what>.+?)'?,?\)", N_("Cannot declare {what} twice")),
    (r"Duplicate inline table key (?P<what>.+)", N_("Cannot declare {what} twice")),
    (r"Expected (?P<what>\S+)", N_("Expected {what}")),
)
_PLACE = re.compile(r"(?P<text>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)


def messages(reason: str) -> tuple[Message, ...]:
    """What is said, and where; empty for what nobody here knows."""
    place: tuple[Message, ...] = ()
    if match := _PLACE.fullmatch(reason):
        reason = match["text"]
        at = Message(N_("line {line}, column {column}"), {"line": match["line"], "column": match["column"]})
        place = (at if match["line"] else Message(N_("end of document")),)
    if reason in (*SYSTEM, *CERTIFICATES, *TOML):
        return (Message(reason), *place)
    for pattern, text in _QUOTING:
        if match := re.fullmatch(pattern, reason):
            return (Message(text, match.groupdict()), *place)
    return ()
