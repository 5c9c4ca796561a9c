"""relevo carries a text classifier whose training data keeps changing from its data to a REST service.

>>> from relevo import Line
>>> Line.open().run()
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relevo.line import Line

__all__ = ["Line", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Lazy, so that `relevo --help` does not pay for the whole line.
    if name == "Line":
        from relevo.line import Line

        return Line
    raise AttributeError(f"module 'relevo' has no attribute '{name}'")
