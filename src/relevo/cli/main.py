"""`relevo`: the group of all verbs, and the one place where errors become sentences and exit codes."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import click

from relevo import __version__
from relevo.cli import exits, terminal, translate
from relevo.cli.exits import Exit
from relevo.cli.translate import _
from relevo.cli.verb import Option, Session, Teaching, help_option
from relevo.cli.verbs import SUMMARIES
from relevo.core.errors import RelevoError, UsageError
from relevo.core.message import N_
from relevo.core.suggest import closest

if TYPE_CHECKING:
    from pathlib import Path

    from relevo.line import Line


def open_line(start: "Path") -> "Line":
    """The line around `start`."""
    from relevo.line import Line  # here, because `relevo --help` must not pay for it

    return Line.open(start)


class Verbs(Teaching, click.Group):
    """The verbs, listed without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in SUMMARIES:
            return None
        command: click.Command = import_module(f"relevo.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in SUMMARIES:
            close = closest(args[0], SUMMARIES)
            raise UsageError(
                "unknown-verb",
                N_("relevo has no verb `{verb}`"),
                hint=N_("did you mean `{close}`?") if close else N_("`relevo --help` lists them"),
                verb=args[0],
                close=close,
            )
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_usage(ctx, formatter)
        self.paragraph(
            formatter,
            _(
                "Carries a text classifier whose training data keeps changing from its data to a model and a REST "
                "service, works out every version, and lets nothing pass that its gates refuse."
            ),
        )
        self.section(formatter, _("Verbs"), [(name, _(summary)) for name, summary in SUMMARIES.items()])
        click.Command.format_options(self, ctx, formatter)
        self.section(
            formatter,
            _("Environment"),
            [
                ("RELEVO_LANG", _("language of the messages: en, es (default: that of the system)")),
                ("RELEVO_DEBUG=1", _("show the traceback of a defect")),
                ("NO_COLOR=1", _("no colours")),
            ],
        )
        self.exit_codes(formatter, list(Exit))
        self.paragraph(formatter, _("`relevo VERB --help` explains a verb and shows examples."))


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        terminal.out(f"relevo {__version__}")
        ctx.exit()


@click.command(
    "relevo",
    cls=Verbs,
    add_help_option=False,
    options_metavar="[OPTIONS]",
    subcommand_metavar="VERB [ARGUMENTS]",
    params=[
        Option(
            ["-C", "--line", "start"],
            type=click.Path(exists=True, file_okay=False),
            default=".",
            metavar=N_("DIR"),
            help=N_("Work as if started in DIR."),
        ),
        Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_version,
            help=N_("Print the version, and exit."),
        ),
        help_option(),
    ],
)
@click.pass_context
def relevo(ctx: click.Context, start: str) -> None:
    from pathlib import Path  # here, because `relevo --help` must not pay for it

    ctx.obj = Session(Path(start).resolve(), ctx.obj or open_line)


def main(args: Sequence[str] | None = None, opener: "Callable[[Path], Line] | None" = None) -> int:
    """Run one verb and give its exit code. Never raises: whatever happens is said in one or two lines on stderr."""
    arguments = list(sys.argv[1:] if args is None else args)
    as_json = "--json" in arguments[: arguments.index("--")] if "--" in arguments else "--json" in arguments
    terminal.prepare()
    translate.install()
    try:
        code = _run(arguments, as_json, opener)
    except (KeyboardInterrupt, click.Abort):
        terminal.note(_("interrupted; `relevo run` goes on from here") if "run" in arguments else _("interrupted"))
        code = Exit.INTERRUPTED
    except Exception as defect:  # the last door: a traceback helps nobody who did not write this
        code = _report(defect, as_json)
    return int(code)


def _run(arguments: list[str], as_json: bool, opener: "Callable[[Path], Line] | None") -> int:
    try:
        done = relevo.main(
            arguments,
            "relevo",
            standalone_mode=False,
            obj=opener,
            color=terminal.colour(),
            terminal_width=terminal.width(),
        )
        terminal.flush()
        return int(done or 0)
    except click.exceptions.NoArgsIsHelpError as usage:
        terminal.note(usage.format_message())
        return Exit.USAGE
    except click.ClickException as usage:
        _refuse(usage, as_json)
        return Exit.USAGE
    except RelevoError as error:
        terminal.show(error, as_json)
        return exits.of_error(error)


def _refuse(usage: click.ClickException, as_json: bool) -> None:
    """A call that click did not understand."""
    ctx = usage.ctx if isinstance(usage, click.UsageError) else None
    advice = _("`{command} --help` explains it", command=ctx.command_path) if ctx else ""
    if as_json:
        terminal.error_json("usage", usage.format_message(), advice)
    else:
        terminal.error(usage.format_message(), advice)


def _report(defect: Exception, as_json: bool) -> Exit:
    """Something that nobody foresaw."""
    if os.environ.get("RELEVO_DEBUG"):
        import traceback  # only now

        terminal.note("".join(traceback.format_exception(defect)))
    what = f"{type(defect).__name__}: {defect}".splitlines()[0]
    text = _("relevo has a defect: {what}", what=what)
    advice = _("please report it (relevo's CONTRIBUTING.md says where), with what it prints under RELEVO_DEBUG=1")
    if as_json:
        terminal.error_json("defect", text, advice)
    else:
        terminal.error(text, advice)
    return Exit.OUTSIDE
