"""The REST service of the line "recordatorios". This file is yours."""

from relevo_runtime import Service, category, text

service = Service(
    "recordatorios",
    supports_model=2,  # the model's major version that this code was written for
    fields=[
        text("texto"),
        category("hora_mencionada", description="The kind of time named: reloj, duracion, momento or ninguna"),
    ],
)
