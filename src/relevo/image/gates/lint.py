"""The Dockerfile keeps the rules of hadolint, a linter that knows Dockerfiles and the shell in them.

Errors and warnings fail the gate with their line; what is a matter of style is only said. A comment in the Dockerfile
excuses the line below it: `# hadolint ignore=DL3008`.
"""

import json
from pathlib import Path
from typing import Any, ClassVar

from relevo.core.artifact import Draft
from relevo.core.message import N_, Message
from relevo.core.verdict import Verdict
from relevo.image.extra import program
from relevo.tools.process import run

_FAIL = ("error", "warning")


class Lint:
    name: ClassVar[str] = "lint"
    guards: ClassVar[str] = "image"

    def check(self, draft: Draft) -> Verdict:
        dockerfile = draft.settings.image.dockerfile
        found = [_message(each, dockerfile) for each in hadolint(draft.root / dockerfile)]
        wrong = tuple(message for level, message in found if level in _FAIL)
        mild = tuple(message for level, message in found if level not in _FAIL)
        return Verdict.of(
            self.name, not wrong, measured=len(wrong), limit=0, unit="findings", evidence=wrong, warnings=mild
        )


def hadolint(dockerfile: Path) -> list[dict[str, Any]]:
    """What hadolint says of the file. Raises OutsideError when it is not installed, or fails."""
    done = run([program("hadolint"), "--no-fail", "--format", "json", str(dockerfile)], timeout=60)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _message(found: dict[str, Any], dockerfile: str) -> tuple[str, Message]:
    params = {"file": dockerfile, "line": found["line"], "rule": found["code"], "words": found["message"]}
    return found["level"], Message(N_("`{file}`, line {line}: {rule} {words}"), params)
