"""The same calls, right and wrong, for whatever answers at an address: a process, a container, a pod or a route."""
