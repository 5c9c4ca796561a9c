"""The Server-Timing header (W3C): what the server itself says that each step took."""


def parse(header: str) -> dict[str, float]:
    """`"parse;dur=0.1, model;dur=1.2"` → `{"parse": 0.1, "model": 1.2}` in milliseconds; what has no duration is left
    out, and so is what cannot be read: a bad header must not spoil a measurement."""
    steps = {}
    for metric in header.split(","):
        name, *params = (part.strip() for part in metric.split(";"))
        for param in params:
            key, _, value = param.partition("=")
            if key.strip().lower() == "dur":
                try:
                    steps[name] = float(value.strip().strip('"'))
                except ValueError:
                    continue
    return steps
