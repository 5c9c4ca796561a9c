"""Progress in a log: plain lines."""

from typing import Any

import pytest

from relevo.cli.progress import Plain, watch
from relevo.core.message import Message


def test_a_step_is_one_line_however_often_it_reports(capsys: pytest.CaptureFixture[str], samples: Any) -> None:
    plain = Plain()
    for done in range(5):
        plain.step(Message("training {groups} groups", {"groups": 3}), done, 5)
    plain.gate("model", samples.failed)
    plain.step(Message("checking"))
    assert capsys.readouterr().err.splitlines() == [
        "training 3 groups",
        "  model  ✗ quality: failed · measured 0.41 accuracy, limit 0.5 accuracy",
        "  model      `data.csv` is empty",
        "checking",
    ]


def test_without_a_terminal_progress_is_plain() -> None:
    with watch() as progress:
        assert isinstance(progress, Plain)
