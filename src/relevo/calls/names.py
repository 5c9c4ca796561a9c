"""What the parts of a service are called: in its artifact, on the runtime's command line and in its answers."""

#: The files of a service artifact: the user's code, the API, who it is, and the folder of the model's files.
APP, OPENAPI, SERVICE, MODEL = "app.py", "openapi.json", "service.json", "model"
#: The package that serves it.
RUNTIME = "relevo_runtime"
#: The media type of an answer that says what is wrong with a call (RFC 9457).
PROBLEM = "application/problem+json"
