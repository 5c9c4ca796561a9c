"""What the tests of the documentation share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def pages(root: Path) -> dict[str, str]:
    """Every page that is ours, by its path: at the top, below docs/, in the example and in the runtime."""
    found = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("examples/**/*.md"), *root.glob("runtime/*.md")]
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in sorted(found)}
