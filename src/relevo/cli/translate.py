"""Messages in the reader's language: the standard library's gettext, with the English text as the key.

`RELEVO_LANG` chooses the language; without it gettext's own order does: LANGUAGE, LC_ALL, LC_MESSAGES, LANG.
"""

import gettext
import os
from collections.abc import Iterable
from typing import Any, NamedTuple

from relevo.core.message import Message, said

DOMAIN = "relevo"
#: A plain string: pathlib would cost `relevo --help` a third of what Python itself costs.
LOCALES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "locale")  # noqa: PTH118, PTH120

_catalogue = gettext.NullTranslations()


class Plural(NamedTuple):
    """A sentence in its two English forms; marks both for the catalogue."""

    one: str
    many: str


def install() -> None:
    """Choose the catalogue for this process, for our own words and for those of click (options, usage, errors)."""
    if chosen := os.environ.get("RELEVO_LANG"):
        # click calls gettext.gettext() itself, and that reads the environment each time.
        os.environ["LANGUAGE"] = chosen
    gettext.bindtextdomain(DOMAIN, LOCALES)
    gettext.textdomain(DOMAIN)
    use(gettext.translation(DOMAIN, LOCALES, fallback=True))


def use(catalogue: gettext.NullTranslations) -> None:
    """Take translations from `catalogue` from now on."""
    global _catalogue  # noqa: PLW0603 - one language a process, as gettext.install() has it
    _catalogue = catalogue


def language() -> str:
    """The language that is spoken: "en", "es" …"""
    return _catalogue.info().get("language", "en")


def _(text: str, /, **params: Any) -> str:
    """`text` in the reader's language, its `{named}` fields filled in."""
    return _fill(_catalogue.gettext(text), params)


def ngettext(one: str, many: str, count: int, /, **params: Any) -> str:
    """Whichever of the two forms goes with `count`, translated and filled in."""
    return _fill(_catalogue.ngettext(one, many, count), params)


def say(message: Message) -> str:
    """A message that somebody else wrote, in the reader's language."""
    return _(message.text, **message.params)


def _fill(text: str, params: dict[str, Any]) -> str:
    worded = {name: _worded(value) for name, value in params.items()}
    if isinstance(reason := params.get("reason"), str):
        worded["reason"] = _foreign(reason)
    return text.format_map(worded)


def _foreign(reason: str) -> str:
    """The words of the system, or of a library, in the reader's language where we know them."""
    from relevo.cli.foreign import messages  # here, because `relevo --help` must not pay for it

    return ", ".join(map(say, messages(reason))) or visible(reason)


def _worded(value: Any) -> Any:
    """A parameter as it may be shown: messages in the reader's language, lists in one line, nothing that could steer
    the terminal. Numbers stay numbers, because a sentence may say how they are written (`{share:.1%}`)."""
    value = said(value, say)
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Iterable) and not isinstance(value, dict):
        return ", ".join(f"`{visible(str(item))}`" for item in value)
    return value


_CONTROLS = {code: repr(chr(code))[1:-1] for code in (*range(0x20), *range(0x7F, 0xA0)) if code != ord("\n")}


def visible(text: str) -> str:
    """`text` with its control characters spelled out, because users' texts may hold any; line ends stay."""
    return text.translate(_CONTROLS)
