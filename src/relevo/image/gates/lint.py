"""The Dockerfile keeps the rules of hadolint, a linter that knows Dockerfiles and the shell in them.

Errors and warnings fail the gate with their line; what is a matter of style is only said. A comment in the Dockerfile
excuses the line below it: `# hadolint ignore=DL3008`. A `.hadolint.yaml` in the folder of the line counts, and no other
settings: the verdict is the same whoever asks for it.
"""

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
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
        found = [_message(each, dockerfile) for each in hadolint(draft.root / dockerfile, draft.root)]
        wrong = tuple(message for level, message in found if level in _FAIL)
        mild = tuple(message for level, message in found if level not in _FAIL)
        return Verdict.of(
            self.name, not wrong, measured=len(wrong), limit=0, unit="findings", evidence=wrong, warnings=mild
        )


def hadolint(dockerfile: Path, root: Path) -> list[dict[str, Any]]:
    """What hadolint says of the file, by its settings in the folder `root`, and none of the caller's.

    Raises OutsideError when it is not installed, or fails.
    """
    command = [program("hadolint"), "--no-fail", "--format", "json", str(dockerfile.absolute())]
    nothing = {name: None for name in os.environ if name.startswith("HADOLINT_")}
    with TemporaryDirectory() as empty:
        done = run(command, cwd=root, env={**nothing, "HOME": empty, "XDG_CONFIG_HOME": empty}, timeout=60)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _message(found: dict[str, Any], dockerfile: str) -> tuple[str, Message]:
    params = {"file": dockerfile, "line": found["line"], "rule": found["code"], "words": found["message"]}
    return found["level"], Message(N_("`{file}`, line {line}: {rule} {words}"), params)
