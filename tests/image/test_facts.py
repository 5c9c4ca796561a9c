"""What an image promises, and which version follows when the promise changes."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_image import FACTS

from relevo.cli.words import sentence
from relevo.core.policy import Policy
from relevo.core.version import Bump
from relevo.image.base import Base
from relevo.image.facts import changes, environment, facts

#: One image, from which each row of the table differs.
OLD: Mapping[str, Any] = {
    **FACTS,
    "variables": {"required": ["TOKEN"], "optional": ["MODE"]},
    "volumes": ["/data"],
}


def ports(*names: str) -> Callable[[dict[str, Any]], None]:
    return lambda its: its.update(ports=list(names))


def health(**paths: str) -> Callable[[dict[str, Any]], None]:
    return lambda its: its["health"].update(paths)


def variables(required: str, optional: str) -> Callable[[dict[str, Any]], None]:
    return lambda its: its.update(variables={"required": required.split(), "optional": optional.split()})


def volumes(*paths: str) -> Callable[[dict[str, Any]], None]:
    return lambda its: its.update(volumes=list(paths))


def to(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda its: its.update(values)


def rebased(**more: Any) -> Callable[[dict[str, Any]], None]:
    """Another base: its digest, and what else it brings."""
    return lambda its: its.update(base={**its["base"], "digest": "sha256:" + "c" * 64}, **more)


NONE, PATCH, MINOR, MAJOR = Bump.NONE, Bump.PATCH, Bump.MINOR, Bump.MAJOR
TABLE = [
    # what is edited, the codes, the bump
    ("nothing", to(), [], NONE),
    ("what it weighs", to(layers=[{"bytes": 1}], packages={}), [], NONE),
    ("the name of the base", to(base={**FACTS["base"], "name": "mirror.example.org/python:3.12"}), [], NONE),
    ("another port", ports("9090/tcp"), ["port-changed"], MAJOR),
    ("a second port", ports("8080/tcp", "9090/tcp"), ["port-changed"], MAJOR),
    ("no port", ports(), ["port-changed"], MAJOR),
    ("where live is asked", health(live="/live"), ["health-changed"], MAJOR),
    ("where both are asked", health(live="/live", ready="/ready"), ["health-changed"] * 2, MAJOR),
    ("one more optional variable", variables("TOKEN", "COLOUR MODE"), ["variable-added"], MINOR),
    ("one more required variable", variables("KEY TOKEN", "MODE"), ["variable-required"], MAJOR),
    ("an optional one is required", variables("MODE TOKEN", ""), ["variable-required"], MAJOR),
    ("a required one is optional", variables("", "MODE TOKEN"), [], NONE),
    ("an optional one is gone", variables("TOKEN", ""), ["variable-gone"], MAJOR),
    ("a required one is gone", variables("", "MODE"), ["variable-gone"], MAJOR),
    ("a variable is renamed", variables("TOKEN", "MODUS"), ["variable-gone", "variable-added"], MAJOR),
    ("one more volume", volumes("/cache", "/data"), ["volume-added"], MINOR),
    ("no volume", volumes(), ["volume-gone"], MAJOR),
    ("a volume elsewhere", volumes("/srv"), ["volume-gone", "volume-added"], MAJOR),
    ("another user", to(user="0"), ["user-changed"], MAJOR),
    ("another entrypoint", to(entrypoint=["python3", "-m", "other"]), ["entrypoint-changed"], MAJOR),
    ("another processor", to(platform="linux/s390x"), ["platform-changed"], MAJOR),
    ("another Python", to(python="3.13"), ["python-changed"], MINOR),
    ("another release", to(os="debian 13"), ["os-changed"], MINOR),
    ("another digest of the base", rebased(), ["base-changed"], PATCH),
    ("a base with another Python", rebased(python="3.13"), ["python-changed"], MINOR),
    ("a base with another release", rebased(os="debian 13"), ["os-changed"], MINOR),
    ("a base with both", rebased(python="3.13", os="debian 13"), ["python-changed", "os-changed"], MINOR),
]  # fmt: skip


def edited(*edits: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    new = copy.deepcopy(dict(OLD))
    for edit in edits:
        edit(new)
    return new


@pytest.mark.parametrize(("edit", "codes", "bump"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_one_edit_of_the_interface(edit: Callable[[dict[str, Any]], None], codes: list[str], bump: Bump) -> None:
    found = changes(OLD, edited(edit))
    assert sorted(change.code for change in found) == sorted(codes)
    assert Policy().bump(found) is bump
    assert all(sentence(change) for change in found)


@given(st.lists(st.sampled_from([row for row in TABLE if len(row[2]) == 1]), unique_by=lambda row: row[2][0]))
def test_several_edits_give_the_reasons_of_each_and_the_highest_bump(rows: list[Any]) -> None:
    # Edits of the variables, of the volumes and of the base replace each other.
    rows = [row for row in rows if not row[2][0].startswith(("variable", "volume", "base", "python", "os"))]
    found = changes(OLD, edited(*(row[1] for row in rows)))
    assert sorted(change.code for change in found) == sorted(code for row in rows for code in row[2])
    assert Policy().bump(found) is max((row[3] for row in rows), default=NONE)


def test_a_change_says_what_it_was_and_what_it_is() -> None:
    found = changes(OLD, edited(ports("9090/tcp"), rebased(), variables("KEY TOKEN", "MODE"), volumes()))
    assert {change.code: change.params for change in found} == {
        "port-changed": {"from": "8080/tcp", "to": "9090/tcp"},
        "variable-required": {"variable": "KEY"},
        "volume-gone": {"path": "/data"},
        "base-changed": {
            "name": "python:3.12-slim",
            "from": FACTS["base"]["digest"],
            "to": "sha256:" + "c" * 64,
        },
    }
    assert {change.stage for change in found} == {"image"}


def base(reference: str = "python:3.12-slim", **environment: str) -> Base:
    packages = {"libc6": "2.36-9"}
    return Base(reference, "sha256:id", "amd64", (), environment, "3.12", "debian 12", musl=False, packages=packages)


def config(**run: Any) -> dict[str, Any]:
    return {"os": "linux", "architecture": "amd64", "config": run}


def test_the_facts_of_an_image() -> None:
    found = facts(
        config(
            ExposedPorts={"8080/tcp": {}, "53/udp": {}},
            Labels={
                "relevo.health.live": "/health/live",
                "relevo.health.ready": "/health/ready",
                "relevo.variables.required": "TOKEN KEY",
            },
            Env=["PATH=/usr/bin", "MODE=a=b", "KEY="],
            Volumes={"/b": {}, "/a": {}},
            User="10001:0",
            Entrypoint=["python3"],
            Cmd=["serve"],
        ),
        base("python:3.12-slim@sha256:" + "d" * 64, PATH="/usr/bin"),
    )
    assert found == {
        "ports": ["53/udp", "8080/tcp"],
        "health": {"live": "/health/live", "ready": "/health/ready"},
        "variables": {"required": ["KEY", "TOKEN"], "optional": ["MODE"]},
        "volumes": ["/a", "/b"],
        "user": "10001:0",
        "entrypoint": ["python3", "serve"],
        "platform": "linux/amd64",
        "python": "3.12",
        "os": "debian 12",
        "base": {"name": "python:3.12-slim", "digest": "sha256:" + "d" * 64},
    }


@pytest.mark.parametrize("empty", [None, {}, []], ids=["null", "an object", "a list"])
def test_an_image_that_says_nothing_promises_nothing(empty: Any) -> None:
    keys = ("ExposedPorts", "Labels", "Env", "Volumes", "User", "Entrypoint", "Cmd")
    said, silent = facts(config(**dict.fromkeys(keys, empty)), base()), facts(config(), base())
    assert said == silent
    assert (silent["ports"], silent["volumes"], silent["user"], silent["entrypoint"]) == ([], [], "", [])
    assert silent["variables"] == {"required": [], "optional": []}
    assert silent["health"] == {"live": "", "ready": ""}


@pytest.mark.parametrize(
    "entry",
    ["PATH=/x", "PYTHONPATH=/x", "PYTHON_VERSION=3.12.1", "LANG=C.UTF-8", "LC_ALL=C", "GPG_KEY=1", "THEIRS=1"],
)
def test_what_sets_up_the_interpreter_and_what_the_base_brings_is_offered_to_nobody(entry: str) -> None:
    found = facts(config(Env=[entry, "MODE=1"]), base(THEIRS="1"))
    assert found["variables"]["optional"] == ["MODE"]


def test_a_base_without_a_digest_of_its_registry_is_known_by_that_of_its_config() -> None:
    assert facts(config(), base())["base"] == {"name": "python:3.12-slim", "digest": "sha256:id"}


def test_the_environment_of_a_container() -> None:
    assert environment(config(Env=["A=1", "B=x=y", "C="])) == {"A": "1", "B": "x=y", "C": ""}
    assert environment(config(Env=None)) == {}


names = st.text(st.sampled_from("ABC_"), min_size=1, max_size=4)
runs = st.fixed_dictionaries(
    {},
    optional={
        "ExposedPorts": st.dictionaries(st.sampled_from(["80/tcp", "8080/tcp", "53/udp"]), st.just({})),
        "Labels": st.dictionaries(
            st.sampled_from(["relevo.health.live", "relevo.variables.required", "x"]), st.text("AB /")
        ),
        "Env": st.dictionaries(names, st.text()).map(lambda its: [f"{name}={value}" for name, value in its.items()]),
        "Volumes": st.dictionaries(st.sampled_from(["/a", "/b"]), st.just({})),
        "User": st.sampled_from(["", "0", "10001:0"]),
        "Entrypoint": st.lists(st.text()),
        "Cmd": st.none() | st.lists(st.text()),
    },
)


@given(runs)
def test_equal_configs_promise_the_same(run: dict[str, Any]) -> None:
    turned = {key: dict(reversed(value.items())) if isinstance(value, dict) else value for key, value in run.items()}
    if "Env" in turned:
        turned["Env"] = turned["Env"][::-1]
    assert changes(facts(config(**run), base()), facts(config(**turned), base())) == ()


@given(runs, runs)
def test_any_change_has_a_rule_and_a_sentence_and_undone_it_is_one_too(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    old, new = facts(config(**one), base()), facts(config(**other), base())
    forth, back = changes(old, new), changes(new, old)
    for change in (*forth, *back):
        assert Policy().bump([change]) > NONE
        assert sentence(change)
    if not forth and back:  # a variable that is no longer required: nobody has to do anything
        assert {change.code for change in back} == {"variable-required"}
