"""The columns of a source against those that relevo.toml declares."""

from collections.abc import Callable, Sequence

from relevo.core.errors import UsageError
from relevo.core.message import N_
from relevo.core.settings import DataSettings, Kind
from relevo.core.suggest import closest
from relevo.tools import toml


def require(headers: Sequence[str], wanted: Sequence[str], origin: str) -> None:
    """Raises UsageError when one of the `wanted` columns is not among the `headers` of `origin`."""
    for column in wanted:
        if column not in headers:
            others = [header for header in headers if header not in wanted]
            close = closest(column, others) or closest(column.lower(), others, 0.5)
            raise UsageError(
                "column-missing",
                N_("`{origin}` has no column `{column}`"),
                hint=N_("did you mean `{close}`?") if close else N_("its columns: {headers}"),
                origin=origin,
                column=column,
                close=close,
                headers=", ".join(headers),
            )


def check(headers: Sequence[str], data: DataSettings, origin: str, guess: Callable[[str], Kind]) -> None:
    """Raises UsageError unless `headers` and the declared columns are the same; `guess` tells the kind of a new one."""
    require(headers, list(data.columns), origin)
    unknown = [header for header in headers if header not in data.columns]
    if unknown:
        raise UsageError(
            "column-unknown",
            N_("`{origin}` has a column `{column}` that relevo.toml does not declare"),
            hint=N_("write under [data.columns] in relevo.toml:\n{lines}"),
            origin=origin,
            column=unknown[0],
            lines="\n".join(f'{toml.key(header)} = "{guess(header)}"' for header in unknown),
        )
    folded: dict[str, str] = {}
    for header in data.variables:
        other = folded.setdefault(header.casefold(), header)
        if other != header:
            raise UsageError(
                "columns-alike",
                N_("the variables `{column}` and `{other}` of `{origin}` differ only in capital letters"),
                hint=N_("rename one of them, here and in relevo.toml"),
                origin=origin,
                column=header,
                other=other,
            )
