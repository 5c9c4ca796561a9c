"""Who builds: the builder that relevo.toml names, else the first that works here."""

from collections.abc import Callable

import pytest
from fake_engine import FakeProgram

from relevo.core.errors import OutsideError, UsageError
from relevo.core.message import Message
from relevo.image.builder import BUILDERS, choose

Engines = Callable[[str], FakeProgram]


@pytest.mark.parametrize(
    ("installed", "broken", "name", "chosen"),
    [
        (["podman", "docker", "buildah"], [], "", "podman"),
        (["docker", "buildah"], [], "", "docker"),
        (["buildah"], [], "", "buildah"),
        (["podman", "docker", "buildah"], ["podman", "docker"], "", "buildah"),
        (["podman", "buildah"], [], "buildah", "buildah"),
        ([], [], "oci", "oci"),
    ],
)
def test_the_named_one_else_the_first_that_works(
    installed: list[str], broken: list[str], name: str, chosen: str, engines: Engines
) -> None:
    for program in installed:
        engines(program).when("info", "{}", code=1 if program in broken else 0)
    assert choose(name).name == chosen


def test_where_none_works_the_reason_of_each_is_told_and_the_way_without_one(engines: Engines) -> None:
    engines("docker").when("info", err="Cannot connect to the Docker daemon", code=1)
    with pytest.raises(OutsideError) as refused:
        choose("")
    assert refused.value.code == "no-builder"
    said = str(refused.value.message)
    assert "`podman` is not installed" in said
    assert "Cannot connect to the Docker daemon" in said
    assert "`buildah` is not installed" in said
    assert '`builder = "oci"`' in str(refused.value.hint)
    assert all(isinstance(reason, Message) for reason in refused.value.message.params["reasons"]), "in any language"


@pytest.mark.parametrize("name", BUILDERS)
def test_a_named_one_that_does_not_work_is_not_replaced(name: str, engines: Engines) -> None:
    for program in BUILDERS:
        engines(program).when("info", "{}", err="out of order", code=1 if program == name else 0)
    with pytest.raises(OutsideError, match="out of order") as refused:
        choose(name)
    assert refused.value.code == "engine-refused"


def test_an_unknown_one_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UsageError) as refused:
        choose("podmann")
    assert "podmann" in str(refused.value)
    assert "podman" in str(refused.value.hint)
