"""The REST service of the line «recordatorios», changed for version 2 of its model. This file is yours."""

from relevo_runtime import Service, category, text

service = Service(
    "recordatorios",
    supports_model=2,  # the model's major version that this code was written for
    fields=[
        text("texto", description="What the user says to the assistant"),
        category("hora_mencionada", description="The kind of time named: reloj, duracion, momento or ninguna"),
    ],
)
