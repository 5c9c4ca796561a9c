"""The composition root: the only place that knows two stages."""

from relevo.line.line import Line
from relevo.line.results import Prediction, Run, StageStatus, Status

__all__ = ["Line", "Prediction", "Run", "StageStatus", "Status"]
