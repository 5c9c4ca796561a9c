"""`python -m relevo_runtime serve FOLDER` and `… openapi FOLDER`.

Exit codes: 0 after SIGTERM; 2 when the folder, the code, a setting or the address cannot be used; 3 when the port is
in use; 130 after SIGINT. What hinders the start is one line on standard error.
"""

import argparse
import os
import sys
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

from relevo_runtime import settings
from relevo_runtime.errors import StartError
from relevo_runtime.problems import start_words


def main(arguments: list[str] | None = None) -> int:
    """The exit code of one call."""
    chosen = _parser().parse_args(arguments)
    lang = "en"
    try:
        known = settings.read(os.environ)
        lang = known.lang
        if chosen.verb == "openapi":
            return _openapi(chosen.folder)
        given = {key: value for key in ("host", "port") if (value := getattr(chosen, key)) is not None}
        return _serve(chosen.folder, replace(known, **given), chosen.constant_model)
    except StartError as error:
        print(start_words(error.code, lang, error.params), file=sys.stderr)
        return 3 if error.code == "port-in-use" else 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m relevo_runtime", description=settings.__doc__.partition("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    serve = verbs.add_parser("serve", help="answer requests until SIGTERM")
    serve.add_argument("folder", type=Path, help="has app.py, model/ and service.json")
    serve.add_argument("--host", help="address to listen on (RELEVO_HOST)")
    serve.add_argument("--port", type=_port, help="port to listen on, 0 for a free one (RELEVO_PORT)")
    serve.add_argument("--constant-model", action="store_true", help="answer without computing: to measure the rest")
    openapi = verbs.add_parser("openapi", help="print the OpenAPI document")
    openapi.add_argument("folder", type=Path, help="has app.py and model/")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"`{text}` is not a port: 0 … 65535")
    return int(text)


def _openapi(folder: Path) -> int:
    import msgspec

    from relevo_runtime import bundle, openapi

    with redirect_stdout(sys.stderr):  # what the user's own code prints is no part of the document
        loaded = bundle.load(folder, constant=True)
    document = openapi.document(loaded)
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document)) + b"\n")
    return 0


def _serve(folder: Path, known: settings.Settings, constant: bool) -> int:
    # One text is too little to share out, and idle threads would turn in circles; numpy asks at its import.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from relevo_runtime import bundle, run

    with redirect_stdout(sys.stderr):  # stdout is the log, one JSON value a line
        loaded = bundle.load(folder, constant)
    return run.serve(loaded, known)


if __name__ == "__main__":
    sys.exit(main())
