"""What can go wrong, as RFC 9457 problems: one stable code each, with its status and its words in English and Spanish.

A problem never repeats what the caller sent: it names declared fields, positions and limits.
"""

from typing import Any, NamedTuple

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:problem-type:relevo:"
LANGUAGES = ("en", "es")
#: So many defects of one request are listed; the rest is left for the next try.
MAX_DEFECTS = 20


class Kind(NamedTuple):
    """One row of the catalogue; `title` and `detail` are (English, Spanish), `detail` with named fields."""

    status: int
    title: tuple[str, str]
    detail: tuple[str, str]


# fmt: off
CATALOGUE: dict[str, Kind] = {
    "malformed-request": Kind(400,
        ("Not an HTTP request", "No es una petición HTTP"),
        ("The request is not valid HTTP/1.1.", "La petición no es HTTP/1.1 válido.")),
    "not-utf8": Kind(400,
        ("Not UTF-8", "No es UTF-8"),
        ("The {where} is not UTF-8 text.", "El texto no es UTF-8 ({where}).")),
    "malformed-json": Kind(400,
        ("Malformed JSON", "JSON mal formado"),
        ("The body is not JSON, or is nested too deeply, or has a number out of range.",
         "El cuerpo no es JSON, o está anidado en exceso, o tiene un número fuera de rango.")),
    "not-found": Kind(404,
        ("Not found", "No encontrado"),
        ("There is nothing here; the models are listed at {models}, the documentation is at /docs.",
         "Aquí no hay nada; los modelos se listan en {models}, la documentación está en /docs.")),
    "unknown-model": Kind(404,
        ("Unknown model", "Modelo desconocido"),
        ("This service has the model `{name}`: {path}", "Este servicio tiene el modelo `{name}`: {path}")),
    "other-version": Kind(404,
        ("Other version of the service", "Otra versión del servicio"),
        ("This is version {major} of the service: {path}", "Esta es la versión {major} del servicio: {path}")),
    "wrong-method": Kind(405,
        ("Method not allowed", "Método no permitido"),
        ("Here one can use {allowed}.", "Aquí se puede usar {allowed}.")),
    "slow-request": Kind(408,
        ("Request too slow", "Petición demasiado lenta"),
        ("The request did not arrive whole within {seconds} s.", "La petición no llegó entera en {seconds} s.")),
    "body-too-large": Kind(413,
        ("Body too large", "Cuerpo demasiado grande"),
        ("A body may have {limit} bytes.", "Un cuerpo puede tener {limit} bytes.")),
    "url-too-long": Kind(414,
        ("Address too long", "Dirección demasiado larga"),
        ("An address may have {limit} bytes; send long texts with POST.",
         "Una dirección puede tener {limit} bytes; los textos largos se envían con POST.")),
    "wrong-media-type": Kind(415,
        ("Not sent as JSON", "No se envía como JSON"),
        ("A body is JSON, with the header Content-Type: application/json",
         "El cuerpo es JSON, con la cabecera Content-Type: application/json")),
    "wrong-encoding": Kind(415,
        ("Compressed body", "Cuerpo comprimido"),
        ("A body is sent as it is, without Content-Encoding.", "El cuerpo se envía tal cual, sin Content-Encoding.")),
    "wrong-shape": Kind(422,
        ("Wrong shape", "Forma incorrecta"),
        ("A body is one object with the fields {fields}, or a list of such objects.",
         "El cuerpo es un objeto con los campos {fields}, o una lista de tales objetos.")),
    "no-rows": Kind(422,
        ("Nothing to classify", "Nada que clasificar"),
        ("The list is empty.", "La lista está vacía.")),
    "too-many-rows": Kind(422,
        ("Too many rows", "Demasiadas filas"),
        ("A request may have {limit} rows.", "Una petición puede tener {limit} filas.")),
    "unknown-field": Kind(422,
        ("Unknown field", "Campo desconocido"),
        ("There is a field that this service does not know; the fields are {fields}.",
         "Hay un campo que este servicio no conoce; los campos son {fields}.")),
    "repeated-field": Kind(422,
        ("Field given twice", "Campo repetido"),
        ("The field `{field}` is given more than once.", "El campo `{field}` viene más de una vez.")),
    "missing-field": Kind(422,
        ("Missing field", "Falta un campo"),
        ("The field `{field}` is missing.", "Falta el campo `{field}`.")),
    "null-field": Kind(422,
        ("Field without value", "Campo sin valor"),
        ("The field `{field}` must have a value.", "El campo `{field}` debe tener un valor.")),
    "empty-text": Kind(422,
        ("Empty text", "Texto vacío"),
        ("The field `{field}` has no text.", "El campo `{field}` no tiene texto.")),
    "wrong-type": Kind(422,
        ("Wrong type", "Tipo incorrecto"),
        ("The field `{field}` must be {expected}.", "El campo `{field}` debe ser {expected}.")),
    "text-too-long": Kind(422,
        ("Text too long", "Texto demasiado largo"),
        ("The field `{field}` may have {limit} characters.", "El campo `{field}` puede tener {limit} caracteres.")),
    "headers-too-large": Kind(431,
        ("Headers too large", "Cabeceras demasiado grandes"),
        ("The headers may have {limit} bytes.", "Las cabeceras pueden tener {limit} bytes.")),
    "internal": Kind(500,
        ("Internal error", "Error interno"),
        ("This is a defect of the service; its log has the request id {request_id}.",
         "Es un defecto del servicio; su registro tiene la petición {request_id}.")),
    "busy": Kind(503,
        ("Too busy", "Demasiada carga"),
        ("Too many requests are waiting; try again in {seconds} s.",
         "Hay demasiadas peticiones en espera; inténtelo de nuevo en {seconds} s.")),
    "draining": Kind(503,
        ("Stopping", "Parando"),
        ("The service is stopping: send requests to another one.",
         "El servicio está parando: envíe las peticiones a otro.")),
}

#: What a field of each type must be.
EXPECTED = {
    "text": ("a text", "un texto"),
    "category": ("a text", "un texto"),
    "number": ("a finite number", "un número finito"),
    "boolean": ("true or false", "true o false"),
    "date": ("a day like 2027-01-31", "un día como 2027-01-31"),
}

#: Why the service does not start: code → (English, Spanish).
STARTS: dict[str, tuple[str, str]] = {
    "setting-unknown": (
        "`{name}` is no setting of the service: did you mean `{meant}`? It knows {known}",
        "`{name}` no es un ajuste del servicio: ¿quería decir `{meant}`? Conoce {known}"),
    "setting-bad": (
        "`{name}` is `{value}`, but must be: {wanted}",
        "`{name}` es `{value}`, pero debe ser: {wanted}"),
    "app-unreadable": (
        "{file}: {reason}; the folder of a service has app.py, model/ and service.json",
        "{file}: {reason}; la carpeta de un servicio tiene app.py, model/ y service.json"),
    "app-broken": ("{file}:{line}: {reason}", "{file}:{line}: {reason}"),
    "app-without-service": (
        "{file}: it must have a line `service = Service(…)`",
        "{file}: debe tener una línea `service = Service(…)`"),
    "versions-broken": (
        "{file}: {reason}; make the service again: relevo run",
        "{file}: {reason}; haga de nuevo el servicio: relevo run"),
    "model-broken": (
        "{folder}: {reason}; make the model again: relevo run",
        "{folder}: {reason}; haga de nuevo el modelo: relevo run"),
    "model-major": (
        "{file}:{line}: supports_model is {supports}, but the model is {model}: "
        "change the code for the new model, then write supports_model={major}",
        "{file}:{line}: supports_model es {supports}, pero el modelo es {model}: "
        "cambie el código para el nuevo modelo y escriba supports_model={major}"),
    "field-missing": (
        "{file}: the model needs what no field gives; add to fields: {lines}",
        "{file}: el modelo necesita lo que ningún campo da; añada a fields: {lines}"),
    "field-unused": (
        "{file}: the field `{field}` feeds `{of}`, which the model does not have; its inputs are {inputs}",
        "{file}: el campo `{field}` alimenta `{of}`, que el modelo no tiene; sus entradas son {inputs}"),
    "field-type": (
        "{file}: the field `{field}` is {type}, but the model's input `{of}` is {wanted}",
        "{file}: el campo `{field}` es {type}, pero la entrada `{of}` del modelo es {wanted}"),
    "address-unusable": (
        "cannot listen on {host}:{port}: {reason}; choose another: --host, --port",
        "no se puede escuchar en {host}:{port}: {reason}; elija otra: --host, --port"),
    "port-in-use": (
        "port {port} of {host} is in use: stop who has it, or choose another with --port (0 takes a free one)",
        "el puerto {port} de {host} está en uso: pare a quien lo tiene, o elija otro con --port (0 toma uno libre)"),
}
# fmt: on


class Defect(NamedTuple):
    """One thing wrong: a code of the catalogue, where it is, and the fields of its sentence."""

    code: str
    #: JSON pointer (RFC 6901) into the body, None for what came in the address.
    pointer: str | None
    params: dict[str, Any]

    def detail(self, lang: str) -> str:
        which = LANGUAGES.index(lang)
        params = self.params
        if "expected" in params:
            params = {**params, "expected": EXPECTED[params["expected"]][which]}
        return CATALOGUE[self.code].detail[which].format(**params)

    def to_json(self, lang: str) -> dict[str, Any]:
        where = {"pointer": f"#{self.pointer}"} if self.pointer is not None else {}
        if self.pointer is None and "field" in self.params:
            where = {"parameter": self.params["field"]}
        return {"code": self.code, "detail": self.detail(lang), **where}


class Problem(Exception):  # noqa: N818 - RFC 9457's own word
    """A request that gets no answer. The first defect gives code, status and title."""

    def __init__(self, *defects: Defect, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        super().__init__(defects[0].code)
        self.defects = defects[:MAX_DEFECTS]
        self.headers = headers

    @classmethod
    def of(cls, code: str, *headers: tuple[bytes, bytes], **params: Any) -> "Problem":
        """A problem with the request as a whole."""
        return cls(Defect(code, None, params), headers=headers)

    @property
    def code(self) -> str:
        return self.defects[0].code

    @property
    def status(self) -> int:
        return CATALOGUE[self.code].status

    def to_json(self, lang: str, request_id: str) -> dict[str, Any]:
        """The document of RFC 9457, with `code`, `request_id` and, for a wrong input, `errors` as extensions."""
        kind, first = CATALOGUE[self.code], self.defects[0]
        value: dict[str, Any] = {
            "type": TYPE + self.code,
            "title": kind.title[LANGUAGES.index(lang)],
            "status": kind.status,
            "detail": first.detail(lang),
            "code": self.code,
            "request_id": request_id,
        }
        if kind.status == 422:
            value["errors"] = [defect.to_json(lang) for defect in self.defects]
        return value


def language(accepted: bytes, default: str) -> str:
    """The language of Accept-Language (RFC 9110, 12.5.4) that we speak and the caller likes best, else `default`."""
    best, best_weight = default, 0.0
    for item in accepted.decode("latin-1").lower().split(",")[:20]:
        tag, _, parameter = item.partition(";")
        lang = tag.strip().partition("-")[0]
        try:
            weight = float(parameter.partition("=")[2]) if parameter else 1.0
        except ValueError:
            continue
        if lang in LANGUAGES and best_weight < weight <= 1.0:
            best, best_weight = lang, weight
    return best


def start_words(code: str, lang: str, params: dict[str, Any]) -> str:
    """Why the service does not start, in one line."""
    return STARTS[code][LANGUAGES.index(lang)].format(**params)
