"""Service and model together are fast enough: `share` of the requests are answered in under `limit_ms`.

Open loop at `rate` requests a second, with the model that will answer; beside `unit-performance` it tells whose time it
is.
"""

from typing import ClassVar

from relevo.service.gates.performance import PerformanceGate


class IntegrationPerformance(PerformanceGate):
    name: ClassVar[str] = "integration-performance"
    constant: ClassVar[bool] = False
