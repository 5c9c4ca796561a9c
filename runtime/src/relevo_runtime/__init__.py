"""Serves a text classifier made by relevo. The public list, for a line's `service/app.py`."""

# Loading a submodule sets its name here: `relevo_runtime.text` must be loaded before, not after, the field `text` is.
import relevo_runtime.text  # noqa: F401
from relevo_runtime.app import Service, boolean, category, number, text
from relevo_runtime.app import date_ as date

__all__ = ["Service", "boolean", "category", "date", "number", "text"]
