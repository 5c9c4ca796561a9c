import pytest

from relevo.core.errors import OutsideError
from relevo.data.engine import file, literal, name, session


@pytest.mark.parametrize("text", ["a", 'a"b', "a'b", "a b", "á;--"])
def test_names_and_strings_hold_anything(database, text):
    table = database.execute(f"SELECT {literal(text)} AS {name(text)}")
    assert table.description[0][0] == text
    assert table.fetchall() == [(text,)]


def test_a_file_is_that_file_and_no_pattern(database, tmp_path):
    for each in ("[a]*?.csv", "a1.csv"):
        (tmp_path / each).write_text(each)
    found = database.execute(f"SELECT content FROM read_text({file(tmp_path / '[a]*?.csv')})").fetchall()
    assert found == [("[a]*?.csv",)]


def test_a_full_disk_is_the_outside_world(tmp_path):
    with pytest.raises(OutsideError) as error, session(tmp_path) as database:
        database.execute("COPY (SELECT range AS r FROM range(100000)) TO '/dev/full' (FORMAT parquet)")
    assert error.value.code == "engine-failed"
    assert "No space left on device" in str(error.value)


def test_too_little_memory_is_the_outside_world(tmp_path):
    with pytest.raises(OutsideError), session(tmp_path) as database:
        database.execute("SET memory_limit = '10MB'; SET max_temp_directory_size = '1MB'")
        database.execute("CREATE TABLE t AS SELECT sha256(range::VARCHAR) AS h FROM range(1000000)")


def test_nothing_is_fetched_from_anywhere(tmp_path):
    with session(tmp_path) as database:
        found = dict(
            database.execute("SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%known%'").fetchall()
        )
    assert found == {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
