"""Verbs → line. The only place that reads argv, prints, words a reason and picks an exit code."""
