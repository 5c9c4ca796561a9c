import csv
import io

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from relevo.core.errors import OutsideError, UsageError
from relevo.data.sources.csv import CsvSource


@pytest.fixture
def read(database, tmp_path):
    """`read(bytes)`: headers, and rows with the line first."""

    def read(content: bytes):
        path = tmp_path / "quejas.csv"
        path.write_bytes(content)
        database.execute("DROP TABLE IF EXISTS source")
        headers = CsvSource(path).read(database, "source")
        return headers, database.execute("SELECT * FROM source").fetchall()

    return read


@pytest.mark.parametrize(
    ("what", "content", "rows"),
    [
        ("plain", b"a,b\n1,2\n", [(2, "1", "2")]),
        ("no last line end", b"a,b\n1,2", [(2, "1", "2")]),
        ("byte order mark", b"\xef\xbb\xbfa,b\n1,2\n", [(2, "1", "2")]),
        ("Windows line ends", b"a,b\r\n1,2\r\n3,4\r\n", [(2, "1", "2"), (3, "3", "4")]),
        ("old Mac line ends", b"a,b\r1,2\r3,4\r", [(2, "1", "2"), (3, "3", "4")]),
        ("mixed line ends", b"a,b\r\n1,2\r3,4\n", [(2, "1", "2"), (3, "3", "4")]),
        ("blank lines", b"\n\na,b\n\n1,2\n\n\n3,4\n\n", [(5, "1", "2"), (8, "3", "4")]),
        ("a cell of two lines", b'a,b\n"1\n2",3\n4,5\n', [(2, "1\n2", "3"), (4, "4", "5")]),
        ("a blank line in a cell", b'a,b\n"1\n\n2",3\n4,5\n', [(2, "1\n\n2", "3"), (5, "4", "5")]),
        ("a Windows line end in a cell", b'a,b\r\n"1\r\n2",3\r\n4,5\r\n', [(2, "1\n2", "3"), (4, "4", "5")]),
        ("a header of two lines", b'a,"b\nc"\n1,2\n', [(3, "1", "2")]),
        ("doubled quotes", b'a,b\n"dice ""no""",""""\n', [(2, 'dice "no"', '"')]),
        ("empty cells", b'a,b\n,""\n', [(2, None, None)]),
        ("white space is kept", b'a,b\n 1 ," 2 "\n', [(2, " 1 ", " 2 ")]),
        ("no comments, no NULLs", b"a,b\n#1,NULL\n", [(2, "#1", "NULL")]),
        ("semicolons", b"a;b\n1,5;2\n", [(2, "1,5", "2")]),
        ("tabs", b"a\tb\n1\t2\n", [(2, "1", "2")]),
        ("bars", b"a|b\n1|2\n", [(2, "1", "2")]),
        ("the delimiter within a quoted header", b'"a;x;y",b\n1,2\n', [(2, "1", "2")]),
        ("accents and emoji", "a,b\n¿qué?,🙂\n".encode(), [(2, "¿qué?", "🙂")]),
        ("a cell of 900 KB", b'a,b\n1,"' + b"x" * 900_000 + b'"\n2,3\n', [(2, "1", "x" * 900_000), (3, "2", "3")]),
    ],
)  # fmt: skip
def test_a_table_is_read(read, what, content, rows):
    assert read(content)[1] == rows


def test_headers_are_trimmed(read):
    assert read(b'\xef\xbb\xbf texto ,"el ""grupo"""\n1,2\n')[0] == ("texto", 'el "grupo"')


@pytest.mark.parametrize(
    ("code", "line", "content"),
    [
        ("not-utf-8", 3, "a,b\n1,2\ncanción,3\n".encode("latin-1")),
        ("not-utf-8", 1, "a,b\n1,2\n".encode("utf-16")),
        ("not-utf-8", 2, b"a,b\n1,\xc3"),
        ("nul-byte", 1, "a,b\n1,2\n".encode("utf-16-le")),
        ("nul-byte", 4, b'a,b\n"1\n2",3\nx\0y,4\n'),
        ("ragged-row", 3, b"a,b\n1,2\n3\n"),
        ("ragged-row", 4, b'a,b\n"1\n2",2\n3,4,5\n'),
        ("ragged-row", 2, b"a,b\n \n1,2\n"),
        ("stray-quote", 3, b'a,b\n1,2\n5" screen,3\n'),
        ("stray-quote", 3, b'a,b\n1,2\n"5" screen,3\n'),
        ("stray-quote", 2, b'a,b\n1, "2"\n'),
        ("stray-quote", 3, b'a,b\n1,2\n"3,4\n5,6\n'),
        ("stray-quote", 3, b'a,b\n1,2\n"3,4\n5,"6"\n'),
        ("stray-quote", 1, b'a,b "x"\n1,2\n'),
        ("cell-too-long", 3, b'a,b\n1,2\n3,"' + b"x" * 5_000_000 + b'"\n'),
        ("cell-too-long", 3, b"a,b\n1,2\n3," + b"x" * 5_000_000 + b"\n"),
        ("cell-too-long", 3, b'a,b\n1,2\n"3,' + b"x\n" * 6_000_000),
        ("header-twice", 1, b"a,b,a\n1,2,3\n"),
        ("one-column", 1, b"a\n1\n\n2\n"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_its_line(read, tmp_path, code, line, content):
    with pytest.raises(UsageError) as error:
        read(content)
    assert error.value.code == code
    assert str(error.value).startswith(f"`{tmp_path}/quejas.csv` line {line}")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\n\r\n", "is empty"),
        (b"a,b\n\n", "has a header and no rows"),
    ],
)
def test_a_file_without_rows_is_refused(read, tmp_path, content, sentence):
    with pytest.raises(UsageError) as error:
        read(content)
    assert str(error.value).startswith(f"`{tmp_path}/quejas.csv` {sentence}")


def test_a_file_that_is_not_there_is_refused_with_what_was_meant(tmp_path):
    (tmp_path / "quejas.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UsageError) as error:
        CsvSource(tmp_path / "queja.csv").digest()
    assert error.value.code == "file-missing"
    assert "did you mean `quejas.csv`?" in str(error.value)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(UsageError, match="is no file"):
        CsvSource(tmp_path).digest()


def test_a_disk_that_cannot_be_read_is_the_outside_world(tmp_path):
    # Reading /proc/self/mem at its beginning fails for everyone, root included.
    path = tmp_path / "quejas.csv"
    path.symlink_to("/proc/self/mem")
    with pytest.raises(OutsideError, match="cannot read"):
        CsvSource(path).digest()


def test_blocks_join_seamlessly(read):
    """More than a block of rows, with quoted line ends, so that blocks end in the middle of records and cells."""
    body = b'"x\r\ny, ""z""",w\r\n' * 700_000
    headers, rows = read(b"a,b\r\n" + body)
    assert headers == ("a", "b")
    assert len(rows) == 700_000
    assert rows[0] == (2, 'x\ny, "z"', "w")
    assert rows[-1] == (2 + 2 * 699_999, 'x\ny, "z"', "w")


cells = st.text(st.sampled_from('ab",;\t|\n\r \u00e9🙂'), max_size=6)


dialects = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t|"),
        "lineterminator": st.sampled_from(["\n", "\r\n", "\r"]),
        "quoting": st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    }
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6), dialects, st.booleans())
def test_whatever_is_written_as_csv_is_read_back(read, rows, dialect, mark):
    # Asked to quote little, Python's writer leaves a foreign line end bare, and then every reader ends a line there.
    foreign = {"\n": "\r", "\r\n": "", "\r": "\n"}[dialect["lineterminator"]]
    assume(dialect["quoting"] == csv.QUOTE_ALL or not foreign or foreign not in "".join(map("".join, rows)))
    target = io.StringIO(newline="")
    csv.writer(target, **dialect).writerows([("h1", "h2", "h3"), *rows])
    found = read(("\ufeff" * mark + target.getvalue()).encode())[1]
    kept = [[cell.replace("\r\n", "\n").replace("\r", "\n") or None for cell in row] for row in rows]
    assert [list(row[1:]) for row in found] == kept
    reader = csv.reader(io.StringIO(target.getvalue(), newline=""), delimiter=dialect["delimiter"])
    ends = [reader.line_num for _ in reader]
    assert [row[0] for row in found] == [end + 1 for end in ends[:-1]]
