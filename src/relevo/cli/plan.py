"""`relevo plan`: which version every stage would get, and why."""

import click

from relevo.cli import terminal
from relevo.cli.exits import Exit
from relevo.cli.progress import watch
from relevo.cli.text import columns, plan_lines
from relevo.cli.translate import _
from relevo.cli.verb import Session, argument, json_option, option, verb
from relevo.core.message import N_
from relevo.core.plan import Plan


@verb(
    "plan",
    details=N_(
        "For each stage: the version it is compared with, the next one, every reason, and what would stop it, with the "
        "file and the line to change. The data are compared exactly; a version that only making can tell is a lower "
        "bound, written ≥. A plan that foresees a stop is no error."
    ),
    examples=(
        ("relevo plan", N_("the whole line")),
        ("relevo plan model", N_("only as far as the model")),
        ("relevo plan --rules", N_("which change raises which part of a version")),
        ("relevo plan --json", N_("for a program: `stopped` and `idle` say how it stands")),
    ),
    exits=(Exit.DONE, Exit.FAILED, Exit.USAGE, Exit.OUTSIDE),
)
@argument("stage", required=False, metavar=N_("[STAGE]"), explained=N_("The last stage to look at; all by default."))
@option("--rules", is_flag=True, help=N_("List the version rules instead; [policy] in relevo.toml changes them."))
@json_option
@click.pass_obj
def command(session: Session, stage: str | None, rules: bool, as_json: bool) -> Exit:
    if rules:
        _list_rules(as_json)
    else:
        with watch() as progress:
            plan = session.line().plan(stage, progress)
        show(plan, as_json)
    return Exit.DONE


def show(plan: Plan, as_json: bool) -> None:
    """A plan on stdout, and what to do next on stderr."""
    if as_json:
        terminal.out_json(plan.to_json())
        return
    for line in plan_lines(plan):
        terminal.out(line)
    if plan.idle:
        terminal.note(_("nothing to do"))
    elif plan.stopped:
        terminal.hint(_("change the code there, then plan again; what comes before it can be published: relevo run"))
    else:
        terminal.hint(_("make and publish it: relevo run"))


def _list_rules(as_json: bool) -> None:
    from relevo.cli.rules import RULES  # a plan has no use for them
    from relevo.core import policy

    if as_json:
        terminal.out_json({rule: bump.word for rule, bump in policy.RULES.items()})
        return
    for line in columns([(rule, bump.word, _(RULES[rule])) for rule, bump in policy.RULES.items()]):
        terminal.out(line)
    terminal.note(_('a line changes one in relevo.toml, for example: [policy] "data.text-retouched" = "minor"'))
