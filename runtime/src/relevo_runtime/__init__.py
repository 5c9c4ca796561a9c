"""Serves a text classifier made by relevo. The public list, for a line's `service/app.py`."""

from relevo_runtime.app import Service, boolean, category, number, text
from relevo_runtime.app import date_ as date

__all__ = ["Service", "boolean", "category", "date", "number", "text"]
