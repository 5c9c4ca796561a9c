"""The tutorial is run as printed, in both languages: every command, and what it says.

In a ```console block a line that begins with `$ ` is a command, `> ` goes on with it, and the rest is what it prints;
`...` stands for whatever differs from day to day and machine to machine. The port is replaced by a free one.
"""

import doctest
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

PORT = "8080"
MARK = "=====relevo-tutorial====="
ALIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Step(NamedTuple):
    command: str
    printed: str


def steps(page: str) -> list[Step]:
    """The commands of a page with what they print, in order."""
    found: list[Step] = []
    for block in re.findall(r"^```console\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, *rest = part.splitlines()
            more = [line.removeprefix("> ") for line in rest if line.startswith("> ") or line == ">"]
            said = [line for line in rest if not (line.startswith("> ") or line == ">")]
            found.append(Step("\n".join([first, *more]), "\n".join(said)))
    return found


def said(commands: list[str], folder: Path, environment: dict[str, str]) -> list[str]:
    """What each command prints, stdout and stderr as they come, all of them in one shell."""
    script = "set -m\n" + "".join(f"{command}\necho {MARK}\n" for command in commands)
    done = subprocess.run(
        ["bash", "-c", script],
        check=False,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1800,
    )
    return done.stdout.split(f"{MARK}\n")


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """That of somebody who has followed the first step: relevo is on the path, and git knows who they are."""
    return {
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "GIT_CONFIG_COUNT": "3",
        "GIT_CONFIG_KEY_0": "user.name",
        "GIT_CONFIG_VALUE_0": "Ana",
        "GIT_CONFIG_KEY_1": "user.email",
        "GIT_CONFIG_VALUE_1": "ana@example.org",
        "GIT_CONFIG_KEY_2": "init.defaultBranch",
        "GIT_CONFIG_VALUE_2": "main",
    }


@pytest.mark.slow
@pytest.mark.git
@pytest.mark.curl
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_tutorial_runs_as_printed(
    root: Path, tmp_path: Path, environment: dict[str, str], port: str, language: str
) -> None:
    (tmp_path / "relevo").symlink_to(root)
    page = (root / "docs" / "tutorial" / f"{language}.md").read_text(encoding="utf-8")
    told = steps(page.replace(PORT, port))
    heard = said([step.command for step in told], tmp_path, {**environment, "RELEVO_LANG": language})
    assert len(heard) == len(told) + 1, heard[-1]
    checker = doctest.OutputChecker()
    for step, output in zip(told, heard[:-1], strict=True):
        if not checker.check_output(f"{step.printed}\n", output, ALIKE):
            pytest.fail(f"$ {step.command}\nprinted:\n{step.printed}\nsaid:\n{output}", pytrace=False)


def test_both_languages_tell_the_same_commands(pages: dict[str, str]) -> None:
    english, spanish = ([step.command for step in steps(pages[f"docs/tutorial/{lang}.md"])] for lang in ("en", "es"))
    assert english == spanish


def test_a_block_is_read_as_commands_and_what_they_print() -> None:
    page = "```console\n$ cat <<END\n> one\n> END\none\n$ true\n```\ntext\n```sh\nnot run\n```\n"
    assert steps(page) == [Step("cat <<END\none\nEND", "one"), Step("true", "")]
