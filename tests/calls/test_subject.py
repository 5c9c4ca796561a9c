from dataclasses import replace
from pathlib import Path

import pytest

from relevo.calls.subject import Subject
from relevo.core.artifact import Artifact
from relevo.core.version import Version


@pytest.fixture
def service(good):
    """The artifact that the draft `good` becomes."""
    facts = dict(good.facts)
    return Artifact("quejas", "service", good.version, "", "", {}, {}, {}, facts, (), (), "", "", folder=good.folder)


def test_a_draft_and_the_artifact_made_of_it_are_the_same_subject(good, service):
    subject = Subject.of_inputs({**good.inputs, "service": service})
    assert subject == Subject.of_draft(good)
    assert subject.folder == good.folder


def test_the_paths_have_the_major_and_the_name_of_the_service(good):
    subject = Subject.of_draft(replace(good, version=Version(3, 2, 1), folder=Path("nowhere")))
    assert (subject.models_path, subject.path) == ("/api/v3/modelos", "/api/v3/modelos/quejas")


def test_its_rows_are_requests_of_the_service_held_out_ones_first(good):
    found = Subject.of_draft(good).rows(20)
    assert len(found) == 20
    assert all(row.fields.keys() == {"texto"} for row in found)
    assert [row.heldout for row in found] == sorted((row.heldout for row in found), reverse=True)
    assert found[0].heldout
