"""What every verb is made of: a command whose help teaches, options that speak the reader's language, and the line.

Texts are kept in English and translated when they are shown, so that a verb can be imported before anyone knows the
language. A verb is one file with one `command`, and its line in `verbs.py`:

    @verb("hello", details=N_("It is friendly."), examples=(("relevo hello", N_("to all")),), exits=(Exit.DONE,))
    @json_option
    @click.pass_obj
    def command(session: Session, as_json: bool) -> Exit:
        ...
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from relevo.cli import terminal
from relevo.cli.exits import MEANINGS, Exit
from relevo.cli.translate import _
from relevo.cli.verbs import SUMMARIES
from relevo.core.message import N_

if TYPE_CHECKING:
    from pathlib import Path

    from relevo.line import Line

Rows = Sequence[tuple[str, str]]
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


#: Pieces of a usage line that click takes as they are; arguments word themselves.
_OURS = (N_("[OPTIONS]"), N_("VERB [ARGUMENTS]"))


class Session(NamedTuple):
    """One call of `relevo`: the folder where it starts, and how a line is opened (tests open one in memory)."""

    start: "Path"
    opener: "Callable[[Path], Line]"

    def line(self) -> "Line":
        """The line around `start`. Raises UsageError when there is none."""
        return self.opener(self.start)


class Option(click.Option):
    """An option whose help and metavar are translated when they are shown."""

    def make_metavar(self, ctx: click.Context) -> str:
        return _(self.metavar) if self.metavar else super().make_metavar(ctx)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        if record is None or not self.help:
            return record
        return record[0], record[1].replace(self.help, _(self.help), 1)


class Argument(click.Argument):
    """An argument with a line of help."""

    def __init__(self, names: Sequence[str], *, explained: str, **more: Any) -> None:
        super().__init__(names, **more)
        self.explained = explained

    def make_metavar(self, ctx: click.Context) -> str:
        return _(self.metavar) if self.metavar else super().make_metavar(ctx)


class Teaching(click.Command):
    """What the help of the group and of every verb have in common."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_(piece) if piece in _OURS else piece for piece in super().collect_usage_pieces(ctx)]

    @staticmethod
    def section(formatter: click.HelpFormatter, heading: str, rows: Rows) -> None:
        """A heading and two columns; nothing where there are no rows."""
        if rows:
            with formatter.section(heading):
                formatter.write_dl(rows, col_max=52)

    @staticmethod
    def paragraph(formatter: click.HelpFormatter, text: str) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(text)

    @classmethod
    def exit_codes(cls, formatter: click.HelpFormatter, codes: Sequence[Exit]) -> None:
        cls.section(formatter, _("Exit codes"), [(str(int(code)), _(MEANINGS[code])) for code in codes])


def help_option() -> Option:
    """`--help` in the reader's language (click words its own once and for all)."""

    def show(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            terminal.out(ctx.get_help())
            ctx.exit()

    return Option(
        ["--help"], is_flag=True, is_eager=True, expose_value=False, callback=show, help=N_("Show this, and exit.")
    )


class Verb(Teaching):
    """A command whose help says what it does, shows examples and lists its exit codes."""

    def __init__(self, name: str, *, details: str, examples: Rows, exits: Sequence[Exit], **more: Any) -> None:
        super().__init__(name, add_help_option=False, options_metavar=_OURS[0], **more)
        self.details = details
        self.examples = examples
        self.exits = exits
        self.params.append(help_option())

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_usage(ctx, formatter)
        self.paragraph(formatter, _(SUMMARIES[str(self.name)]))
        self.paragraph(formatter, _(self.details))
        self.section(formatter, _("Examples"), [(command, _(text)) for command, text in self.examples])
        arguments = [(p.make_metavar(ctx), _(p.explained)) for p in self.params if isinstance(p, Argument)]
        self.section(formatter, _("Arguments"), arguments)
        self.format_options(ctx, formatter)
        self.exit_codes(formatter, self.exits)


def verb(
    name: str, *, details: str, examples: Rows, exits: Sequence[Exit]
) -> Callable[[Callable[..., int]], click.Command]:
    """Make a verb of a function that returns its exit code: an Exit, or that of the command which it ran."""
    return click.command(name, cls=Verb, details=details, examples=examples, exits=exits)


def option(*names: str, **more: Any) -> Decorator:
    """An option whose `help` is marked with N_."""
    return click.option(*names, cls=Option, **more)


def argument(*names: str, explained: str, **more: Any) -> Decorator:
    """An argument whose `explained` is marked with N_."""
    return click.argument(*names, cls=Argument, explained=explained, **more)


json_option = option("--json", "as_json", is_flag=True, help=N_("Print one JSON value, for a program."))
