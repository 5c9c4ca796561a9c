"""The service alone is fast enough: with a constant model, `share` of the requests are answered in under `limit_ms`.

Open loop at `rate` requests a second; a slow answer here is the service's own, whatever the model needs.
"""

from typing import ClassVar

from relevo.service.gates.performance import PerformanceGate


class UnitPerformance(PerformanceGate):
    name: ClassVar[str] = "unit-performance"
    constant: ClassVar[bool] = True
