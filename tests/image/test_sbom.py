"""The bill of materials of an image: a CycloneDX document that others can read, with the model as a component."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from small_image import draft, file, laid_out, tar

from relevo.image.oci.layout import Layout
from relevo.image.sbom import bill

CREATED = {"org.opencontainers.image.created": "2026-01-02T03:04:05Z"}

Billed = Callable[..., str]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return laid_out(tmp_path / "oci", tar(file("a")), Labels=CREATED)


@pytest.fixture
def billed(tmp_path: Path, layout: Layout) -> Billed:
    """billed(packages={…}): the bill of an image of which these facts are known."""
    return lambda **facts: bill(draft(tmp_path, tmp_path, **facts), layout)


def components(text: str) -> dict[str, Any]:
    return {its["bom-ref"]: its for its in json.loads(text)["components"]}


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"packages": {}, "base_packages": {}},
        {"os": "alpine 3.20", "base_packages": {"musl": "1.2.5-r0"}},
        {"os": "", "base_packages": {}},
        {"packages": {"zope-interface": "7.0"}, "base_packages": {"libstdc++6": "1:12.2.0-14+deb12u1", "g++~x": "2"}},
    ],
    ids=["debian", "without packages", "alpine", "an unknown system", "odd names"],
)
def test_it_is_valid(facts: dict[str, Any], billed: Billed) -> None:
    text = billed(**facts)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert (json.loads(text)["bomFormat"], json.loads(text)["specVersion"]) == ("CycloneDX", "1.6")


def test_the_validator_of_these_tests_sees_what_is_wrong(billed: Billed) -> None:
    spoilt = billed().replace('"machine-learning-model"', '"clever"')
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(spoilt) is not None


def test_it_is_of_the_image_by_its_id(billed: Billed, layout: Layout) -> None:
    image = json.loads(billed())["metadata"]["component"]
    assert (image["type"], image["name"], image["version"]) == ("container", "quejas", "1.0.0")
    assert image["hashes"] == [{"alg": "SHA-256", "content": layout.image_id.removeprefix("sha256:")}]


def test_the_model_is_a_component_with_its_digest_and_what_it_was_trained_on(billed: Billed, tmp_path: Path) -> None:
    inputs = draft(tmp_path, tmp_path).inputs
    found = components(billed())["model:quejas@1.1.0"]
    assert (found["type"], found["name"], found["version"]) == ("machine-learning-model", "quejas-model", "1.1.0")
    assert found["hashes"] == [{"alg": "SHA-256", "content": inputs["model"].output_digest}]
    assert {its["name"]: its["value"] for its in found["properties"]} == {
        "relevo:accuracy": "0.93",
        "relevo:groups": "2",
        "relevo:made-from.data": f"1.1.0 sha256:{inputs['data'].output_digest}",
    }


def test_the_data_are_a_component_with_their_digest(billed: Billed, tmp_path: Path) -> None:
    found = components(billed())["data:quejas@1.1.0"]
    assert (found["type"], found["name"]) == ("data", "quejas-data")
    assert found["hashes"][0]["content"] == draft(tmp_path, tmp_path).inputs["data"].output_digest


@pytest.mark.parametrize(
    ("system", "purl"),
    [
        ("debian 12", "pkg:deb/debian/libc6@2.36-9"),
        ("ubuntu 24.04", "pkg:deb/ubuntu/libc6@2.36-9"),
        ("alpine 3.20", "pkg:apk/alpine/libc6@2.36-9"),
    ],
)
def test_every_package_is_a_component_by_the_name_that_advisories_use(system: str, purl: str, billed: Billed) -> None:
    found = components(billed(os=system))
    libraries = {name: its["version"] for name, its in found.items() if its["type"] == "library"}
    assert libraries == {"pkg:pypi/msgspec@0.20.0": "0.20.0", "pkg:pypi/numpy@2.3.4": "2.3.4", purl: "2.36-9"}
    assert all(its["purl"] == name for name, its in found.items() if its["type"] == "library")


def test_the_image_depends_on_all_of_them(billed: Billed) -> None:
    document = json.loads(billed())
    (needs,) = [its["dependsOn"] for its in document["dependencies"] if its["ref"] == "image:quejas@1.0.0"]
    assert sorted(needs) == sorted(components(billed()))
    assert len(needs) == 5


def test_the_same_image_has_the_same_bill_byte_for_byte(billed: Billed) -> None:
    turned = {"packages": {"numpy": "2.3.4", "msgspec": "0.20.0"}}
    assert billed() == billed() == billed(**turned)


def test_another_image_has_a_bill_of_another_number(billed: Billed, tmp_path: Path) -> None:
    other = laid_out(tmp_path / "other", tar(file("b")), Labels=CREATED)
    one = json.loads(billed())["serialNumber"]
    assert one != json.loads(bill(draft(tmp_path, tmp_path), other))["serialNumber"]


def test_it_was_made_when_the_image_was_and_at_no_time_when_nobody_knows(billed: Billed, tmp_path: Path) -> None:
    assert json.loads(billed())["metadata"]["timestamp"] == "2026-01-02T03:04:05+00:00"
    unknown = laid_out(tmp_path / "unknown", tar(), Labels={})
    text = bill(draft(tmp_path, tmp_path), unknown)
    assert json.loads(text)["metadata"]["timestamp"] == "1970-01-01T00:00:00+00:00"


def test_it_is_in_plain_words(tmp_path: Path, layout: Layout) -> None:
    made = draft(tmp_path, tmp_path)
    settings = replace(made.settings, line=replace(made.settings.line, name="atención"))
    text = bill(replace(made, settings=settings), layout)
    assert json.loads(text)["metadata"]["component"]["name"] == "atención"
    assert text.endswith("}\n")
