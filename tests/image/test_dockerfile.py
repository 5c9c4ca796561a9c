"""Reading a Dockerfile: which instructions there are, and in which line each begins."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.image.dockerfile import Instruction, filled, layered, parse

WHOLE = """\
# syntax=docker/dockerfile:1

ARG BASE=python:3.12-slim
FROM ${BASE}
  run rm -rf /a \\
      /b \\
# a comment in between, and an empty line

      /c
ENV A=1 \\
    B="two words"
COPY x/ /opt/
ENTRYPOINT ["python3", "-m", "x"]
CMD serve now"""


def test_a_whole_file() -> None:
    assert [(each.line, each.name, each.text) for each in parse(WHOLE)] == [
        (3, "ARG", "BASE=python:3.12-slim"),
        (4, "FROM", "${BASE}"),
        (5, "RUN", "rm -rf /a /b /c"),
        (10, "ENV", 'A=1 B="two words"'),
        (12, "COPY", "x/ /opt/"),
        (13, "ENTRYPOINT", '["python3", "-m", "x"]'),
        (14, "CMD", "serve now"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("\n \n# only a comment\n", []),
        ("\\\n", []),
        ("FROM a", [(1, "FROM", "a")]),
        ("FROM a\r\nUSER 1\r\n", [(1, "FROM", "a"), (2, "USER", "1")]),
        ("FROM a \\\r\n  AS b\r\nUSER 1\r\n", [(1, "FROM", "a AS b"), (3, "USER", "1")]),
        ("USER\t1", [(1, "USER", "1")]),
        ("  expose  80   90 ", [(1, "EXPOSE", "80   90")]),
        ("STOPSIGNAL", [(1, "STOPSIGNAL", "")]),
        ("RUN a \\  \n  b", [(1, "RUN", "a b")]),
        ("RUN a \\\n\n\n  b\nUSER 1", [(1, "RUN", "a b"), (5, "USER", "1")]),
        ("RUN a \\\n# comment \\\n  b", [(1, "RUN", "a b")]),
        ("RUN a # no comment", [(1, "RUN", "a # no comment")]),
        ("RUN a \\", [(1, "RUN", "a")]),
        ("\\\nRUN a", [(1, "RUN", "a")]),
        ("RUN a\x0cb\x85c\u2028d\nUSER 1", [(1, "RUN", "a\x0cb\x85c\u2028d"), (2, "USER", "1")]),
    ],
)
def test_lines_are_counted_and_joined_as_docker_does(text: str, found: list[tuple[int, str, str]]) -> None:
    assert [(each.line, each.name, each.text) for each in parse(text)] == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('["a", "b c"]', ["a", "b c"]),
        ("[]", []),
        ('["año"]', ["año"]),
        ("['a']", None),
        ('["a", 1]', None),
        ('{"a": "b"}', None),
        ('"a"', None),
        ("a b", None),
        ("[ -d /x ] && a", None),
        ("", None),
    ],
)
def test_the_form_with_brackets_is_json_of_texts_and_everything_else_is_for_a_shell(
    text: str, words: list[str] | None
) -> None:
    assert Instruction(1, "CMD", text).exec_form == words


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("A=1", {"A": "1"}),
        ("A=1 B=\"two words\" C='c' D=d\\ e", {"A": "1", "B": "two words", "C": "c", "D": "d e"}),
        ('A="x=y"', {"A": "x=y"}),
        ("A=", {"A": ""}),
        ("A one value", {"A": "one value"}),
        ("A", {"A": ""}),
        ('org.example.label="" b=2', {"org.example.label": "", "b": "2"}),
        ("", {}),
    ],
)
def test_pairs(text: str, pairs: dict[str, str]) -> None:
    assert Instruction(1, "ENV", text).pairs() == pairs


VALUES = {"A": "1", "EMPTY": "", "LONG_2": "two"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A", "1"),
        ("${A}", "1"),
        ("x$A/y", "x1/y"),
        ("${A}b", "1b"),
        ("$Ab", ""),
        ("$A$LONG_2", "1two"),
        ("$NO", ""),
        ("${NO}", ""),
        ("${A:-else}", "1"),
        ("${NO:-else}", "else"),
        ("${EMPTY:-else}", "else"),
        ("${NO:-}", ""),
        ("${A:+then}", "then"),
        ("${NO:+then}", ""),
        ("${EMPTY:+then}", ""),
        ("\\$A", "$A"),
        ("\\${A}", "${A}"),
        ("100 $", "100 $"),
        ("$(A)", "$(A)"),
        ("${A", "${A"),
        ("", ""),
    ],
)
def test_variables_are_filled_in(text: str, expected: str) -> None:
    assert filled(text, VALUES) == expected


def test_only_what_is_written_is_filled_in_and_not_what_it_was_filled_with() -> None:
    assert filled("$A", {"A": "$B", "B": "no"}) == "$B"


def test_the_layers_are_those_of_the_last_stage() -> None:
    text = "FROM a\nRUN one\nFROM b\nENV A=1\nCOPY two .\nADD three .\nUSER 1\nRUN four\n"
    assert [str(each) for each in layered(parse(text))] == ["COPY two .", "ADD three .", "RUN four"]
    assert layered(parse("ARG X")) == []
    assert [each.line for each in layered(parse("RUN a"))] == [1]


TEXTS = st.one_of(
    st.text(),
    st.text(st.sampled_from("RUN \\\n\r\t#$={}\"'[]")),
    st.lists(st.sampled_from(WHOLE.split("\n"))).map("\n".join),
)


@given(TEXTS)
def test_any_text_is_read_and_every_instruction_begins_with_its_name_in_its_line(text: str) -> None:
    lines = text.split("\n")
    found = parse(text)
    assert [each.line for each in found] == sorted({each.line for each in found})
    for each in found:
        written = lines[each.line - 1].strip()
        assert each.name
        assert written.upper().startswith(each.name) or written == "\\"
        assert "\n" not in str(each)


@given(TEXTS, st.lists(st.sampled_from(["", "  ", "# a comment"]), max_size=5))
def test_lines_without_an_instruction_only_move_those_below(text: str, above: list[str]) -> None:
    moved = parse("\n".join([*above, text]))
    assert [(each.line - len(above), each.name, each.text) for each in moved] == [
        (each.line, each.name, each.text) for each in parse(text)
    ]


@given(st.lists(st.text(), min_size=1))
def test_every_list_of_words_can_be_written_with_brackets(words: list[str]) -> None:
    (found,) = parse(f"CMD {json.dumps(words)}")
    assert found.exec_form == words


@given(
    st.text(st.characters(exclude_characters="$\\", exclude_categories=["Cs"])), st.dictionaries(st.text(), st.text())
)
def test_a_text_without_variables_stays_as_it_is(text: str, values: dict[str, str]) -> None:
    assert filled(text, values) == text


@given(st.text(), st.dictionaries(st.from_regex(r"[A-Z]{1,3}", fullmatch=True), st.text()))
def test_every_known_variable_has_its_value_in_both_spellings(around: str, values: dict[str, str]) -> None:
    plain = around.replace("$", "").replace("\\", "")
    for name, value in values.items():
        assert filled(f"{plain}${{{name}}}", values) == f"{plain}{value}"
        assert filled(f"{plain}${name}", values) == f"{plain}{value}"
