"""Container registries, by the OCI distribution specification 1.1. Needs no engine."""

from relevo.tools.distribution.credentials import Credentials
from relevo.tools.distribution.descriptor import Descriptor
from relevo.tools.distribution.reference import Reference
from relevo.tools.distribution.registry import Registry

__all__ = ["Credentials", "Descriptor", "Reference", "Registry"]
