"""What is found by its name, and what is said when it is not."""

import pytest

from relevo.core.errors import UsageError
from relevo.data.sources.csv import CsvSource
from relevo.tools.plugins import load


def test_a_class_is_found_by_kind_and_name():
    assert load("sources", "csv") is CsvSource


def test_an_unknown_name_is_refused_with_what_was_meant():
    with pytest.raises(UsageError) as error:
        load("sources", "cvs")
    assert str(error.value) == ("there is no `cvs` among the entry points `relevo.sources`\nhint: did you mean `csv`?")


def test_an_unlikely_name_is_refused_with_all_there_are():
    with pytest.raises(UsageError, match="known here: folder"):
        load("stores", "zzz")
