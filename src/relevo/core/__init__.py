"""The rules. Standard library only: no files, no clock, no network, no subprocess."""
