"""The list of verbs. `relevo.cli.NAME.command` is the verb NAME, imported only when it is called."""

from collections.abc import Mapping

from relevo.core.message import N_

#: In the order in which a user meets them. Each sentence is the first one of the verb's own help, too.
SUMMARIES: Mapping[str, str] = {
    "init": N_("Make a new line from a CSV file."),
    "plan": N_("Say which version every stage would get, and why. Nothing is made."),
    "run": N_("Make what is new, check it, and publish it with its version."),
    "status": N_("Show where every stage stands."),
    "log": N_("List the published versions, newest first, with their reasons."),
    "show": N_("Show one artifact: what it is made of, and what its gates measured."),
    "diff": N_("Say what changed between two versions of a stage."),
    "verify": N_("Check that everything in the store is as it was published."),
    "predict": N_("Ask the model about one text."),
    "serve": N_("Run the service on this machine."),
    "shell": N_("Open a prompt in a container for development."),
    "exec": N_("Run a command in the container for development."),
    "push": N_("Bring an image to a container registry."),
}
