"""Where every record of a CSV file begins, and whether the file is a table at all: one pass over the bytes.

The grammar is RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180): a quote stands only at the edges of a cell, or twice
within a quoted one. So a byte lies inside quotes iff an odd number of quotes comes before it, and the whole analysis
is array arithmetic, block by block, in constant memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
from numpy.typing import NDArray

from relevo.core.errors import UsageError
from relevo.core.message import N_

DELIMITERS = ",;\t|"
#: Bytes. A cell beyond it is a quote that nobody closed, or no text that anybody wants classified.
CELL_LIMIT = 1_000_000
_BLOCK = 1 << 23
_BOM = b"\xef\xbb\xbf"
_QUOTE, _LF, _CR = b'"\n\r'

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Records:
    """`lines[i]` is the line, from 1, where record i begins; 0 for the header, which is record 0. Blank lines are none.

    `longest` is the length of the longest record in bytes; `carriage_returns`: some line ends are not a bare `\\n`.
    """

    headers: tuple[str, ...]
    delimiter: str
    lines: Positions
    longest: int
    carriage_returns: bool


def scan(path: Path) -> Records:
    """Raises UsageError, naming the line, for a file that is no table of UTF-8 text, and OSError."""
    scanner = _Scanner(path)
    with path.open("rb") as file:
        lines = [scanner.take(block) for block in _whole_records(file, scanner)]
    if sum(map(len, lines)) < 2:
        if scanner.headers:
            raise UsageError("no-rows", N_("`{path}` has a header and no rows"), path=str(path))
        raise UsageError(
            "empty-file", N_("`{path}` is empty"), hint=N_("it must have a header and rows"), path=str(path)
        )
    every = np.concatenate(lines)
    every[0] = 0
    return Records(scanner.headers, scanner.delimiter, every, scanner.longest, scanner.carriage_returns)


@dataclass(frozen=True, slots=True)
class _Block:
    """Bytes that begin with a record; the positions of quotes and of line ends in them."""

    data: bytes
    quotes: Positions
    line_ends: Positions

    @classmethod
    def of(cls, data: bytes) -> "_Block":
        return cls(data, _positions(data, _QUOTE), _line_ends(data))

    def until(self, cut: int) -> "_Block":
        return _Block(self.data[:cut], self.quotes[self.quotes < cut], self.line_ends[self.line_ends < cut])

    def outside(self, positions: Positions) -> Positions:
        """Those that are not inside quotes."""
        if not len(self.quotes):
            return positions
        found: Positions = positions[np.searchsorted(self.quotes, positions) % 2 == 0]
        return found


def _whole_records(file: BinaryIO, scanner: "_Scanner") -> Iterator[_Block]:
    """The file in blocks that end where a record ends, without the byte order mark."""
    rest = file.read(len(_BOM)).removeprefix(_BOM)
    while data := file.read(_BLOCK):
        rest += data
        block = _Block.of(rest)
        ends = block.outside(block.line_ends)
        # A `\r` at the very end may be half of `\r\n`.
        ends = ends[ends < len(rest) - 1]
        if len(ends):
            cut = int(ends[-1]) + 1
            yield block.until(cut)
            rest = rest[cut:]
        elif len(rest) > 2 * CELL_LIMIT:
            scanner.refuse_long_cells(block)
    if rest:
        yield _Block.of(rest if rest.endswith((b"\n", b"\r")) else rest + b"\n")


class _Scanner:
    """Goes over blocks of whole records. `line` is the line that the next block begins with."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.line = 1
        self.headers: tuple[str, ...] = ()
        self.delimiter = ","
        self.longest = 0
        self.carriage_returns = False

    def take(self, block: _Block) -> Positions:
        """The lines where the records of `block` begin."""
        self._refuse_bad_bytes(block)
        array = np.frombuffer(block.data, np.uint8)
        ends = block.outside(block.line_ends)
        starts = np.concatenate([np.zeros(min(1, len(ends)), np.int64), ends[:-1] + 1])
        blank = (array[starts] == _LF) | (array[starts] == _CR)
        if not self.headers and not blank.all():
            self._read_header(block, int(starts[~blank][0]), int(ends[~blank][0]))
        self._refuse_stray_quotes(block, array)
        self.longest = max(self.longest, int((ends - starts).max(initial=0)))
        if self.longest > CELL_LIMIT:
            self.refuse_long_cells(block)
        delimiters = block.outside(_positions(block.data, ord(self.delimiter)))
        cells = np.diff(np.searchsorted(delimiters, ends), prepend=0) + 1
        ragged = np.flatnonzero(~blank & (cells != len(self.headers)))
        if len(ragged):
            self._fail(
                "ragged-row",
                N_("`{path}` line {line} has {found} cells, and the header has {expected}"),
                block,
                int(starts[ragged[0]]),
                hint=N_('a cell that holds the delimiter `{delimiter}` must stand in quotes: "…"'),
                found=int(cells[ragged[0]]),
                expected=len(self.headers),
                delimiter=self.delimiter,
            )
        self.carriage_returns = self.carriage_returns or b"\r" in block.data
        lines: Positions = self.line + np.searchsorted(block.line_ends, starts[~blank])
        self.line += len(block.line_ends)
        return lines

    def refuse_long_cells(self, block: _Block) -> None:
        """`block` may end within a record."""
        edges = np.concatenate([_positions(block.data, ord(self.delimiter)), block.line_ends])
        edges = np.concatenate([[-1], np.sort(block.outside(edges)), [len(block.data)]])
        # Quotes around it, and a `\r` after it, are no part of a cell.
        long = np.flatnonzero(np.diff(edges) - 1 > CELL_LIMIT + 3)
        if len(long):
            self._fail(
                "cell-too-long",
                N_("`{path}` line {line}: a cell begins there that is longer than {limit} bytes"),
                block,
                int(edges[long[0]]) + 1,
                hint=N_("is a quote opened there that nothing closes? Otherwise shorten the text"),
                limit=CELL_LIMIT,
            )

    def _refuse_bad_bytes(self, block: _Block) -> None:
        try:
            block.data.decode()
        except UnicodeDecodeError as error:
            self._fail(
                "not-utf-8",
                N_("`{path}` line {line} is not UTF-8: byte 0x{byte} cannot stand there"),
                block,
                error.start,
                hint=N_("save it as UTF-8; from Excel: iconv -f WINDOWS-1252 -t UTF-8 OLD.csv > NEW.csv"),
                byte=f"{block.data[error.start]:02x}",
            )
        nul = block.data.find(0)
        if nul >= 0:
            self._fail(
                "nul-byte",
                N_("`{path}` line {line} has a NUL byte, so it is no text file"),
                block,
                nul,
                hint=N_("if it is UTF-16, save it as UTF-8; else make it again from where it came"),
            )

    def _read_header(self, block: _Block, start: int, end: int) -> None:
        header = block.data[start:end]
        cuts = {d: _Block.of(header).outside(_positions(header, ord(d))) for d in DELIMITERS}
        # The delimiter is the one that gives most headers; the earlier one where two give as many.
        self.delimiter = max(DELIMITERS, key=lambda d: len(cuts[d]))
        edges = [-1, *map(int, cuts[self.delimiter]), len(header)]
        self.headers = tuple(_bare(header[a + 1 : b].decode()) for a, b in pairwise(edges))
        if len(self.headers) == 1:
            self._fail(
                "one-column",
                N_("`{path}` line {line}: only one column, `{header}`, and a text needs its label beside it"),
                block,
                start,
                hint=N_("columns are parted by `,`, `;`, a tab or `|`"),
                header=self.headers[0],
            )
        twice = {header for header in self.headers if self.headers.count(header) > 1}
        if twice:
            self._fail(
                "header-twice",
                N_("`{path}` line {line}: the header `{header}` stands there more than once"),
                block,
                start,
                hint=N_("give each column its own header"),
                header=min(twice),
            )

    def _refuse_stray_quotes(self, block: _Block, array: NDArray[np.uint8]) -> None:
        edge = np.array([ord(self.delimiter), _LF, _CR, _QUOTE], np.uint8)
        opening, closing = block.quotes[0::2], block.quotes[1::2]
        before = np.isin(array[opening - 1], edge) | (opening == 0)
        after = np.isin(array[closing + 1], edge)
        # What is wrong with a quoted cell is shown where it begins.
        open_ended = [opening[-1]] if len(opening) > len(closing) else []
        bad = np.concatenate([opening[~before], opening[: len(closing)][~after], open_ended])
        if len(bad):
            self._fail(
                "stray-quote",
                N_("`{path}` line {line}: a quote stands there that neither opens nor closes a cell as it should"),
                block,
                int(bad.min()),
                hint=N_('put the whole cell in quotes, and double those inside: "a 5"" screen"'),
            )

    def _fail(self, code: str, text: str, block: _Block, position: int, *, hint: str, **params: Any) -> NoReturn:
        line = self.line + int(np.searchsorted(block.line_ends, position))
        raise UsageError(code, text, hint=hint, path=str(self.path), line=line, **params)


def _bare(cell: str) -> str:
    """A header without its quotes, white space collapsed."""
    cell = cell.strip()
    if cell.startswith('"'):
        cell = cell[1:-1].replace('""', '"')
    return " ".join(cell.split())


def _positions(data: bytes, byte: int) -> Positions:
    return np.flatnonzero(np.frombuffer(data, np.uint8) == byte)


def _line_ends(data: bytes) -> Positions:
    """The positions of `\\n`, and of each `\\r` that no `\\n` follows."""
    ends = _positions(data, _LF)
    if b"\r" not in data:
        return ends
    returns = _positions(data, _CR)
    array = np.frombuffer(data + b"\0", np.uint8)
    return np.sort(np.concatenate([ends, returns[array[returns + 1] != _LF]]))
