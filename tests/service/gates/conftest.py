import pytest


@pytest.fixture(autouse=True)
def _quiet(quiet_machine):
    pass
