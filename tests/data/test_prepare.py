from pathlib import Path

import pytest

from relevo.core.errors import UsageError
from relevo.data.prepare import code_digest, prepare

UPPER = """
def prepare(source, target):
    target.write_text(source.read_text().upper())
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "preparation.py").write_text(UPPER)
    (tmp_path / "raw.csv").write_text("texto,grupo\na,b\n")
    return tmp_path


def prepared(root: Path, spec: str = "data.preparation:prepare") -> str:
    prepare(root, spec, root / "raw.csv", root / "out.csv")
    return (root / "out.csv").read_text()


def test_the_projects_code_makes_the_file(root):
    assert prepared(root) == "TEXTO,GRUPO\nA,B\n"


def test_packages_may_have_an_init_or_not(root):
    (root / "data" / "__init__.py").write_text("")
    assert prepared(root) == "TEXTO,GRUPO\nA,B\n"


def test_the_module_may_be_a_package_and_import_its_neighbours(root):
    package = root / "data" / "steps"
    package.mkdir()
    (package / "__init__.py").write_text("from data.preparation import prepare as upper\ndef go(a, b): upper(a, b)\n")
    assert prepared(root, "data.steps:go") == "TEXTO,GRUPO\nA,B\n"


def test_it_leaves_nothing_in_the_lines_folder(root):
    prepared(root)
    assert sorted(path.name for path in root.rglob("*")) == ["data", "out.csv", "preparation.py", "raw.csv"]


def test_the_order_of_a_set_is_the_same_each_time(root):
    code = "def prepare(source, target): target.write_text(' '.join({str(i) for i in range(50)}))\n"
    (root / "data" / "preparation.py").write_text(code)
    assert prepared(root) == prepared(root)


def test_its_own_last_lines_say_why_it_failed(root):
    (root / "data" / "preparation.py").write_text("def prepare(source, target):\n    raise ValueError('sin columna')\n")
    with pytest.raises(UsageError) as error:
        prepared(root)
    assert error.value.code == "prepare-failed"
    assert "ValueError: sin columna" in str(error.value)
    assert "`data/preparation.py`" in str(error.value)


def test_it_must_write_its_target(root):
    (root / "data" / "preparation.py").write_text("def prepare(source, target): pass\n")
    with pytest.raises(UsageError, match="did not write the file"):
        prepared(root)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("data.preparation", "does not name a function"),
        ("data/preparation.py:prepare", "does not name a function"),
        ("data.preparatoin:prepare", "there is no `data/preparatoin.py`"),
    ],
)
def test_what_is_no_function_is_refused(root, spec, sentence):
    with pytest.raises(UsageError, match=sentence):
        code_digest(root, spec)


def test_a_function_that_is_not_there_is_refused(root):
    with pytest.raises(UsageError, match="has no attribute 'run'"):
        prepared(root, "data.preparation:run")


def test_the_digest_follows_all_code_beside_and_below(root):
    digests = [code_digest(root, "data.preparation:prepare")]
    for name in ("data/other.py", "data/deep/er.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("x = 1\n")
        digests.append(code_digest(root, "data.preparation:prepare"))
    (root / "data" / "preparation.py").write_text(UPPER + "\n")
    digests.append(code_digest(root, "data.preparation:prepare"))
    assert len(set(digests)) == 4


def test_beside_relevo_toml_only_that_folder_counts(root):
    (root / "prep.py").write_text(UPPER)
    before = code_digest(root, "prep:prepare")
    (root / "data" / "preparation.py").write_text("")
    assert code_digest(root, "prep:prepare") == before
