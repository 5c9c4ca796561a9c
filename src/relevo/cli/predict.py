"""`relevo predict`: ask the model about one text."""

import json
from collections.abc import Sequence

import click

from relevo.cli import terminal
from relevo.cli.exits import Exit
from relevo.cli.translate import _
from relevo.cli.verb import Session, argument, json_option, option, verb
from relevo.core.artifact import Ref
from relevo.core.errors import UsageError
from relevo.core.message import N_


@verb(
    "predict",
    details=N_(
        "Answers with every group and its score, the best first; the scores add up to 1. It asks the files of the "
        "published model, without a service."
    ),
    examples=(
        ('relevo predict "no funciona mi tarjeta"', N_("the newest model of this history")),
        ('relevo predict "…" --field canal=web', N_("with a variable that the model takes")),
        ('relevo predict "…" --model model@1.0.0', N_("an earlier model")),
    ),
    exits=(Exit.DONE, Exit.USAGE, Exit.OUTSIDE),
)
@argument("text", metavar=N_("TEXT"), explained=N_("The text to classify."))
@option(
    "--field",
    "fields",
    multiple=True,
    metavar=N_("NAME=VALUE"),
    help=N_("Another input of the model; may be repeated."),
)
@option("--model", "model", metavar=N_("ARTIFACT"), help=N_("The model to ask, for example model@1.0.0."))
@json_option
@click.pass_obj
def command(session: Session, text: str, fields: Sequence[str], model: str | None, as_json: bool) -> Exit:
    record = {"text": text, **dict(map(_pair, fields))}
    prediction = session.line().predict(record, Ref.parse(model) if model else None)
    if as_json:
        terminal.out_json(prediction.to_json())
        return Exit.DONE
    answer = [[group, round(score, 4)] for group, score in prediction.answer]
    terminal.out(json.dumps(answer, ensure_ascii=False))
    terminal.note(_("answered by {model}, made from {data}", model=str(prediction.model), data=str(prediction.data)))
    return Exit.DONE


def _pair(field: str) -> tuple[str, str]:
    name, equals, value = field.partition("=")
    if not (name and equals):
        raise UsageError(
            "bad-field",
            N_("`{field}` is not NAME=VALUE"),
            hint=N_("for example: --field canal=web"),
            field=field,
        )
    return name, value
