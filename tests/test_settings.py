"""relevo.toml: what is read, and what is refused with which words."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.core.errors import UsageError
from relevo.settings import find, load, parse

GOOD = """\
[line]
name = "quejas"

[data]
path = "data/quejas.csv"

[data.columns]
texto = "text"
grupo = "label"
"canal de entrada" = "category"

[model]
holdout = 0.25
"""


def test_a_whole_file() -> None:
    settings = parse(GOOD)
    assert settings.line.name == "quejas"
    assert settings.line.stages == ("data", "model", "service")
    assert settings.data.column("text") == "texto"
    assert settings.data.variables == {"canal de entrada": "category"}
    assert settings.model.holdout == 0.25
    assert settings.service.limit_ms == 150


def test_a_whole_number_is_a_number_too() -> None:
    assert parse(GOOD.replace("0.25", "0.5") + "c = 2\n").model.c == 2.0


REFUSED = [
    # what is replaced, by what, the code, what the message must say
    ('name = "quejas"', 'nmae = "quejas"', "unknown-key", ["x.toml:2", "[line] nmae", "did you mean `name`?"]),
    ("holdout = 0.25", "holdoud = 0.25", "unknown-key", ["x.toml:13", "did you mean `holdout`?"]),
    ("[model]", "[modle]", "unknown-key", ["x.toml:12", "[modle]", "did you mean `model`?"]),
    ('name = "quejas"', "", "missing-key", ["[line] name"]),
    ('name = "quejas"', "name = 3", "bad-type", ["x.toml:2", "must be a text"]),
    ("holdout = 0.25", 'holdout = "a lot"', "bad-type", ["x.toml:13", "must be a number"]),
    ("holdout = 0.25", "holdout = true", "bad-type", ["x.toml:13", "must be a number"]),
    ("holdout = 0.25", "holdout = 0", "bad-value", ["x.toml:13", "0.01 to 0.9"]),
    ('texto = "text"', 'texto = "txt"', "bad-value", ["x.toml:8", "`txt`", "did you mean `text`?"]),
    ('"category"', '"number', "bad-toml", ["x.toml", "line 10"]),
    ('name = "quejas"', 'name = "Mis Quejas"', "bad-name", ["x.toml:2", "`Mis Quejas`", "lower-case"]),
    ('grupo = "label"', 'grupo = "text"', "bad-columns", ["x.toml:7", "2 columns of kind `text`"]),
    ('grupo = "label"', "", "bad-columns", ["0 columns of kind `label`"]),
    ("[model]", '[versions]\ntag = "v{version}"\n[model]', "bad-value", ["[versions] tag", "{stage}"]),
    ("[model]", '[versions]\ntag = "{line}-{stage}-{version}"\n[model]', "bad-value", ["[versions] tag"]),
    ("[model]", '[versions]\ntag = "{stage}{version"\n[model]', "bad-value", ["[versions] tag"]),
    ("[model]", '[image]\nbse = "x"\n[model]', "unknown-key", ["x.toml:13", "[image] bse", "did you mean `base`?"]),
    ("[model]", "[imge]\n[model]", "unknown-key", ["x.toml:12", "[imge]", "did you mean `image`?"]),
    ("[model]", "[image]\nmaximum_mb = 0\n[model]", "bad-value", ["x.toml:13", "[image] maximum_mb", "above 0"]),
    ("[model]", '[image]\nmaximum_mb = "25"\n[model]', "bad-type", ["x.toml:13", "must be a number"]),
    ("[model]", "[image]\nbase = 3\n[model]", "bad-type", ["x.toml:13", "[image] base must be a text"]),
    (
        "[model]",
        '[image]\n\nrun_args = "-v"\n[model]',
        "bad-type",
        ["x.toml:14", "[image] run_args", "a list of texts"],
    ),
    ("[model]", "[image]\nbuild_args = [1]\n[model]", "bad-type", ["x.toml:13", "[image] build_args", "list of texts"]),
    ("[model]", '[deploy.test]\ncpu = "much"\n[model]', "bad-value", ["x.toml:13", "[deploy.test] cpu", "500m, 2 or"]),
    ("[model]", '[deploy.pro]\n\nmemory = "0Mi"\n[model]', "bad-value", ["x.toml:14", "[deploy.pro] memory", "256Mi"]),
    ("[model]", "[deploy.test]\ncpu = 2\n[model]", "bad-type", ["x.toml:13", "[deploy.test] cpu must be a text"]),
    (
        "[model]",
        '[deploy.test]\ncores = "1"\n[model]',
        "unknown-key",
        ["x.toml:13", "[deploy.test] cores", "cpu, memory"],
    ),
    ("[model]", '[deploy]\ncpu = "2"\n[model]', "bad-type", ["x.toml:13", "[deploy] cpu must be a section"]),
]


@pytest.mark.parametrize(("old", "new", "code", "said"), REFUSED)
def test_a_wrong_file_is_refused_naming_place_and_key(old: str, new: str, code: str, said: list[str]) -> None:
    with pytest.raises(UsageError) as refused:
        parse(GOOD.replace(old, new, 1), file="x.toml")
    assert refused.value.code == code
    for words in said:
        assert words in str(refused.value)


OVERRIDES = [
    ("RELEVO_MODEL__HOLDOUT", "0.1", lambda s: s.model.holdout, 0.1),
    ("RELEVO_LINE__NAME", "otra", lambda s: s.line.name, "otra"),
    ("RELEVO_SERVICE__REQUESTS", "50", lambda s: s.service.requests, 50),
    ("RELEVO_LINE__STAGES", '["data"]', lambda s: s.line.stages, ("data",)),
    ("RELEVO_BASE", "registry.example.org/base:1", lambda s: s.image.base, "registry.example.org/base:1"),
    ("RELEVO_IMAGE__BASE", "base:2", lambda s: s.image.base, "base:2"),
    ("RELEVO_IMAGE__MAXIMUM_MB", "30", lambda s: s.image.maximum_mb, 30.0),
    ("RELEVO_IMAGE__RUN_ARGS", '["--cgroups=disabled"]', lambda s: s.image.run_args, ("--cgroups=disabled",)),
]


@pytest.mark.parametrize(("name", "value", "read", "expected"), OVERRIDES)
def test_the_environment_overrides(name: str, value: str, read: object, expected: object) -> None:
    assert read(parse(GOOD, {name: value, "PATH": "/bin", "RELEVO_LANG": "es"})) == expected  # type: ignore[operator]


def test_a_wrong_override_is_named_by_its_variable() -> None:
    with pytest.raises(UsageError, match=r"RELEVO_MODEL__HOLDOUT.*must be a number"):
        parse(GOOD, {"RELEVO_MODEL__HOLDOUT": "much"})


def test_a_short_variable_is_named_as_it_was_given() -> None:
    with pytest.raises(UsageError, match=r"^RELEVO_BASE: \[image\] base must be a text"):
        parse(GOOD, {"RELEVO_BASE": "3"})


def test_a_base_of_the_environment_goes_before_that_of_the_file() -> None:
    text = GOOD.replace("[model]", '[image]\nbase = "from-the-file"\n[model]')
    assert parse(text).image.base == "from-the-file"
    assert parse(text, {"RELEVO_BASE": "from-outside"}).image.base == "from-outside"


def test_every_environment_has_its_own_limits_and_the_defaults_for_the_rest() -> None:
    text = GOOD.replace("[model]", '[deploy.test]\ncpu = "1"\n[deploy.production]\nmemory = "1Gi"\n[model]')
    found = parse(text).deploy
    assert {name: (its.cpu, its.memory) for name, its in found.items()} == {
        "test": ("1", "256Mi"),
        "production": ("500m", "1Gi"),
    }


def test_a_folder_without_a_line_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="relevo init"):
        find(tmp_path)


def test_a_line_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    (tmp_path / "relevo.toml").write_text(GOOD)
    (tmp_path / "data" / "deep").mkdir(parents=True)
    assert find(tmp_path / "data" / "deep") == tmp_path


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "relevo.toml").write_bytes(GOOD.replace("quejas", "añil").encode("latin-1"))
    with pytest.raises(UsageError, match="not UTF-8"):
        load(tmp_path, {})


@given(st.text(max_size=200))
def test_no_text_gives_a_traceback(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)


def test_an_override_does_not_hide_that_the_section_is_wrong() -> None:
    with pytest.raises(UsageError, match="must be a section"):
        parse("model = 3\n" + GOOD.replace("[model]\nholdout = 0.25\n", ""), {"RELEVO_MODEL__C": "1"})
