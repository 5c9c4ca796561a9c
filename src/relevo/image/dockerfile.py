"""Reading a Dockerfile: its instructions, each with its line, as far as they can be known without an engine.

The notation: https://docs.docker.com/reference/dockerfile/
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

#: The instructions that make a layer.
LAYERED = ("RUN", "COPY", "ADD")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction. `line` counts from 1; `text` is what follows its `name`, on one line, as it is written."""

    line: int
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name} {self.text}"

    @property
    def exec_form(self) -> list[str] | None:
        """`["a", "b"]` as a list; None when it is written for a shell."""
        try:
            value = json.loads(self.text)
        except ValueError:
            return None
        return value if isinstance(value, list) and all(isinstance(word, str) for word in value) else None

    def pairs(self) -> dict[str, str]:
        """`A=1 B="two words"`, or the old `A one value`, as name → value."""
        words = shlex.split(self.text)
        if words and "=" not in words[0]:
            return {words[0]: self.text.partition(" ")[2].strip()}
        return dict(word.split("=", 1) for word in words if "=" in word)


def parse(text: str) -> list[Instruction]:
    """Every instruction of a Dockerfile, in order. Comments and line ends within an instruction are gone."""
    return list(_instructions(text))


def _instructions(text: str) -> Iterator[Instruction]:
    begun, pieces = 0, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        begun = begun or number
        pieces.append(bare.removesuffix("\\").strip())
        if not bare.endswith("\\"):
            yield from _instruction(begun, pieces)
            begun, pieces = 0, []
    yield from _instruction(begun, pieces)


def _instruction(line: int, pieces: list[str]) -> Iterator[Instruction]:
    """What `pieces` are together; nothing when they are empty."""
    if words := " ".join(filter(None, pieces)).split(maxsplit=1):
        yield Instruction(line, words[0].upper(), "".join(words[1:]))


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with `$NAME`, `${NAME}`, `${NAME:-else}` and `${NAME:+then}` replaced; what is unknown is empty."""

    def value(match: re.Match[str]) -> str:
        if match["escaped"]:
            return match[0][1:]
        name = match["bare"] or match["name"]
        known = values.get(name, "")
        if match["sign"] == "-":
            return known or match["word"]
        if match["sign"] == "+":
            return match["word"] if known else ""
        return known

    pattern = r"(?P<escaped>\\\$)|\$(?:(?P<bare>\w+)|\{(?P<name>\w+)(?::(?P<sign>[-+])(?P<word>[^}]*))?\})"
    return re.sub(pattern, value, text)


def last_stage(instructions: list[Instruction]) -> list[Instruction]:
    """From the last FROM on."""
    last = max((place for place, each in enumerate(instructions) if each.name == "FROM"), default=0)
    return instructions[last:]


def layered(instructions: list[Instruction]) -> list[Instruction]:
    """Those of the last stage that make a layer, from the bottom to the top."""
    return [each for each in last_stage(instructions) if each.name in LAYERED]
