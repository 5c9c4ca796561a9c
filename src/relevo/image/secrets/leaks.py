"""Finding secrets in a text: what has the form of one, what is called one, and what is too random to be words. Pure.

The forms are those that their makers document. The limits of randomness are those that truffleHog set, and that
detect-secrets and tartufo kept: in 20 characters or more, above 4.5 bits a character for what looks like base64 (which
can have 6), above 3.0 for what looks hexadecimal (which can have 4).
"""

import math
import re
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from relevo.core.message import N_, Message

#: A comment with these words excuses one finding of its line.
EXCUSE = "relevo: not-a-secret"
#: Characters, and bits a character.
LEAST, BASE64_BITS, HEX_BITS = 20, 4.5, 3.0
#: A file with a zero among its first bytes is no text.
_LOOKED_AT = 8192

_PRIVATE_KEY = N_("{place}: a private key")
_TOKEN = N_("{place}: a key of {service}, `{start}`")
_JWT = N_("{place}: a JSON web token, `{start}`")
_WRITTEN = N_("{place}: a password or a key is written out, `{start}`")
_ADDRESS = N_("{place}: an address with a password in it, `{start}`")
_RANDOM = N_("{place}: as random as a key ({bits} bits a character), `{start}`")


@dataclass(frozen=True, slots=True)
class Leak:
    """One finding. `line` counts from 1; `text` and `more` are what to say of it, and `value` is never said."""

    line: int
    text: str
    value: str = field(repr=False)
    more: dict[str, str | float] = field(default_factory=dict)

    def message(self, place: str) -> Message:
        """What was found at `place`: a quarter of it is shown, and no more than four characters."""
        start = self.value[: min(4, len(self.value) // 4)] + "…"
        return Message(self.text, {"place": place, "start": start, **self.more})


@dataclass(frozen=True, slots=True)
class _Form:
    """A pattern, which may name the secret itself `value`; `sure`: also looked for in what is no text."""

    pattern: re.Pattern[str]
    text: str
    service: str = ""
    sure: bool = True


def _form(pattern: str, text: str, service: str = "", sure: bool = True) -> _Form:
    return _Form(re.compile(pattern), text, service, sure)


#: What an identifier ends with that holds a password, and one that holds a key.
_PASSWORDS = r"(?i:passw(?:or)?d|passphrase|pwd|contrase(?:ñ|n)a)"
_KEYS = r"(?i:secret|token|credentials?|(?:api|access|auth|private|secret|account|signing|encryption)[_-]?key)"
#: Between a name and a quoted value: `: str =`, `":`, `=`.
_IS = r"[\"']? {0,20}(?:: ?[A-Za-z]{1,20} ?=|[:=]=?) {0,20}"
#: A name that ends with what follows.
_NAME = r"(?<![^\s;&|\"'])[\"']?(?:[A-Za-z_-][\w.-]{0,60}?)?"

#: Where two match the same characters, the first counts.
FORMS = (
    _form(
        r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\n|\\r|\s){1,8}"
        r"(?:[A-Za-z-]{1,30}: .{1,200}\s{1,8}){0,8}(?P<value>[A-Za-z0-9+/=]{16,100})"
        r"(?:[A-Za-z0-9+/=\s]|\\n|\\r){0,20000}",
        _PRIVATE_KEY,
    ),
    _form(r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])", _TOKEN, "AWS"),
    _form(r"(?<!\w)gh[pousr]_[A-Za-z0-9]{36,255}", _TOKEN, "GitHub"),
    _form(r"(?<!\w)github_pat_[A-Za-z0-9_]{50,255}", _TOKEN, "GitHub"),
    _form(r"(?<!\w)glpat-[A-Za-z0-9_-]{20,300}", _TOKEN, "GitLab"),
    _form(r"(?<!\w)xox[abeoprs]-[A-Za-z0-9-]{10,250}", _TOKEN, "Slack"),
    _form(r"hooks\.slack\.com/services/(?P<value>T\w{6,20}/B\w{6,20}/\w{16,40})", _TOKEN, "Slack"),
    _form(r"(?<!\w)AIza[A-Za-z0-9_-]{35}(?![\w-])", _TOKEN, "Google"),
    _form(r"(?<!\w)pypi-AgE[A-Za-z0-9_-]{50,1000}", _TOKEN, "PyPI"),
    _form(r"(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)", _TOKEN, "npm"),
    _form(r"(?<!\w)hf_[A-Za-z0-9]{34}(?!\w)", _TOKEN, "Hugging Face"),
    _form(r"(?<!\w)[sr]k_live_[A-Za-z0-9]{20,250}", _TOKEN, "Stripe"),
    _form(r"(?<![\w-])sk-(?:ant|proj|svcacct)-[A-Za-z0-9_-]{20,250}", _TOKEN, "sk-…"),
    _form(r"(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}", _JWT),
    _form(
        r"[A-Za-z][A-Za-z0-9+.-]{1,20}://(?!(?:user(?:name)?|usuario):(?:pass(?:word)?|contraseña)@)"
        r"[^\s/:@\"'<>{}$]{0,100}:(?P<value>[^\s/@\"'<>{}$*]{3,200})@[\w\[]",
        _ADDRESS,
        sure=False,
    ),
    _form(rf"{_PASSWORDS}\d{{0,3}}{_IS}(?P<quote>[\"'])(?P<value>[^\"'\s]{{4,300}})(?P=quote)", _WRITTEN, sure=False),
    _form(
        rf"{_KEYS}\d{{0,3}}{_IS}(?P<quote>[\"'])(?P<value>(?=[^\"'\s]{{0,300}}\d)[^\"'\s]{{8,300}})(?P=quote)",
        _WRITTEN,
        sure=False,
    ),
)
#: As they are written where nothing has to be quoted: in variables, `.ini`, YAML.
UNQUOTED = (
    _form(rf"{_NAME}{_PASSWORDS}\d{{0,3}}{_IS}(?P<value>[^\s\"'/#][^\s\"',]{{3,300}})", _WRITTEN, sure=False),
    _form(
        rf"{_NAME}{_KEYS}\d{{0,3}}{_IS}(?P<value>(?=[^\s\"',]{{0,300}}\d)[^\s\"'/#][^\s\"',]{{7,300}})",
        _WRITTEN,
        sure=False,
    ),
)

_LITERAL = re.compile(rf"[A-Za-z0-9+/_-]{{{LEAST},}}={{0,2}}")
#: Right before a literal: it is the sum of something, or the content of a picture.
_PUBLIC = re.compile(
    r"(?i)(?:sha-?\d{1,3}|md5|blake2[bs]?|digest|checksum|commit|revision)[\"']?\s?[:=,_-]?\s?[\"']?$"
    r"|\b(?:file|dir|multi):$|;base64,$"
)
_PUBLIC_START = re.compile(r"(?i)(?:sha\d{1,3}|md5)[-_]")
_PUBLISHED = re.compile(
    r"-----BEGIN (?P<what>(?:[A-Z0-9]{1,12} ){0,3}(?:CERTIFICATE|PUBLIC KEY|PUBLIC KEY BLOCK|SIGNATURE))-----"
    r"(?:[^-]|-(?!----))+-----END (?P=what)-----"
)


def is_text(content: bytes) -> bool:
    """Whether a file with that content is a text."""
    return b"\0" not in content[:_LOOKED_AT]


def leaks(text: str, *, unquoted: bool = False, words: bool = True) -> list[Leak]:
    """What in `text` is a secret, by line; what a comment on its line excuses is left out.

    `unquoted`: it is of a kind where values need no quotes. `words` is False for what is no text: then only forms that
    are nothing else are looked for.
    """
    ends = [match.start() for match in re.finditer("\n", text)]
    spans: list[tuple[int, int]] = []
    found: dict[int, Leak] = {}
    for (start, end), leak in _all(text, unquoted, words):
        at = bisect_left(spans, (start, end))
        before, after = spans[at - 1 : at], spans[at : at + 1]
        if not any(start < its_end and its_start < end for its_start, its_end in (*before, *after)):
            insort(spans, (start, end))
            found[start] = replace(leak, line=bisect_left(ends, start) + 1)
    return list(_unexcused([found[start] for start, _ in spans], text.split("\n")))


def _all(text: str, unquoted: bool, words: bool) -> Iterator[tuple[tuple[int, int], Leak]]:
    for form in (*FORMS, *(UNQUOTED if unquoted else ())):
        if not (words or form.sure):
            continue
        for match in form.pattern.finditer(text):
            group = "value" if "value" in form.pattern.groupindex else 0
            value = match[group]
            if form.text is _WRITTEN and _stands_for_another(value, match[0]):
                continue
            yield match.span(), Leak(0, form.text, value, {"service": form.service} if form.service else {})
    if words:
        yield from _random(text)


#: What stands after a name without being its value: in schemas, and in what says where names are looked up.
_NO_VALUES = {"true", "false", "none", "null", "string", "required", "optional", "files"}


def _stands_for_another(value: str, whole: str) -> bool:
    """Whether a value says only where the secret comes from, or what it is called: `${TOKEN}`, `<token>`, `DB_KEY`."""
    return (
        value.startswith(("$", "<", "{", "%", "*", "[", "("))
        or value.lower() in _NO_VALUES
        or len(set(value)) == 1
        or re.fullmatch(r"[A-Z]+(?:_[A-Z]+)+", value) is not None
        or re.fullmatch(rf"(?:[a-z]{{1,20}}[_-]){{0,3}}(?:{_PASSWORDS}|{_KEYS})", value) is not None
        or whole.count(value) > 1
    )


def _random(text: str) -> Iterator[tuple[tuple[int, int], Leak]]:
    public = [match.span() for match in _PUBLISHED.finditer(text)] if "-----BEGIN" in text else []
    for match in _LITERAL.finditer(text):
        start, end = match.span()
        value = match[0]
        if _PUBLIC.search(text[max(0, start - 20) : start]) or _PUBLIC_START.match(value):
            continue
        if any(begin <= start < stop for begin, stop in public):
            continue
        bits = entropy(value)
        if bits > (HEX_BITS if is_hex(value) else BASE64_BITS) and _mixed(value) and not _in_sequence(value):
            yield (start, end), Leak(0, _RANDOM, value, {"bits": round(bits, 1)})


def entropy(text: str) -> float:
    """Shannon's entropy of the characters of `text`, in bits a character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def is_hex(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", text) is not None


def _mixed(value: str) -> bool:
    """Digits and several letters in one long piece: numbers, names and paths have none, and keys rarely none."""
    pieces = (piece for piece in re.split(r"[/_-]", value) if len(piece) >= LEAST // 2)
    return any(re.search(r"\d", piece) and len(re.findall(r"[A-Za-z]", piece)) > 1 for piece in pieces)


def _in_sequence(value: str) -> bool:
    """An alphabet: most characters follow the one before them."""
    following = sum(ord(after) - ord(before) == 1 for before, after in pairwise(value))
    return following > len(value) / 2


def _unexcused(found: list[Leak], lines: list[str]) -> Iterator[Leak]:
    excused: set[int] = set()
    for leak in found:
        if EXCUSE in lines[leak.line - 1] and leak.line not in excused:
            excused.add(leak.line)
        else:
            yield leak
