"""The version rules in words: what each row of the table in `core.policy` is about."""

from collections.abc import Mapping

from relevo.core.message import N_

#: `stage.code` → what kind of change it is.
RULES: Mapping[str, str] = {
    "data.label-corrected": N_("a row has another label"),
    "data.text-retouched": N_("a text was retouched: white space, or another text under the same id"),
    "data.value-corrected": N_("the value of a variable was corrected"),
    "data.rows-withdrawn": N_("rows or duplicates were withdrawn, while every group stays"),
    "data.category-vanished": N_("a category no longer occurs"),
    "data.rows-added": N_("there are new rows or duplicates"),
    "data.group-added": N_("there is a new group"),
    "data.category-added": N_("there is a new category"),
    "data.group-carved-out": N_("part of a group was relabelled as a new group"),
    "data.variable-added": N_("there is a new variable"),
    "data.variable-removed": N_("a variable is gone"),
    "data.variable-renamed": N_("a variable was renamed"),
    "data.variable-retyped": N_("the declared type of a variable changed"),
    "data.group-gone": N_("a group is gone"),
    "data.group-renamed": N_("a group was renamed (upper and lower case count)"),
    "data.group-merged": N_("groups were merged"),
    "data.group-split-away": N_("a group was split up"),
    "data.ids-renumbered": N_("more than half of the ids point to other texts"),
    "model.recipe-changed": N_("training code or parameters changed, with the same contract"),
    "model.group-added": N_("the model can answer one more group"),
    "model.input-required": N_("the model asks for one more input"),
    "model.input-removed": N_("the model no longer takes an input"),
    "model.group-gone": N_("the model no longer answers a group"),
    "service.recipe-changed": N_("the service's code or settings changed, with the same API"),
    "service.api-added": N_("something was added to the API"),
    "service.api-deprecated": N_("something in the API was marked as deprecated"),
    "service.api-incompatible": N_("the API changed incompatibly"),
    "service.api-removed-undeprecated": N_("something left the API without ever having been deprecated"),
}
