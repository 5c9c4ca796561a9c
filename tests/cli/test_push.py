"""`relevo push`: what is asked of the line, and what is said of the answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fake_registry import Fake
from small_image import artifact, laid_out, put, tar

from relevo.core.errors import FailureError, OutsideError, RelevoError
from relevo.core.message import N_
from relevo.core.ports import Progress
from relevo.image.pushing import Pushed
from relevo.image.stage import ImageStage
from relevo.line import Line
from relevo.settings import load
from relevo.testing import MemoryRepository, MemoryStore
from relevo.tools.files import digests

DIGEST = "sha256:" + "a" * 64
PLACE = "registry.example.org/team/quejas"


@dataclass
class PushingLine:
    """A line that pushes nothing, and says what the test put into it."""

    pushed: Pushed = field(
        default_factory=lambda: Pushed(f"{PLACE}@{DIGEST}", f"{PLACE}:1.0.1", DIGEST, 2_345_678, new=True)
    )
    error: RelevoError | None = None
    asked: tuple[str, str | None] | None = None

    def push(self, ref: str, to: str | None = None, progress: Progress | None = None) -> Pushed:
        self.asked = ref, to
        if self.error:
            raise self.error
        return self.pushed


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (("image",), ("image", None)),
        (("image@1.0.1",), ("image@1.0.1", None)),
        (("image", "--to", PLACE), ("image", PLACE)),
    ],
)
def test_what_is_pushed_and_where_to(arguments: tuple[str, ...], asked: tuple[str, str | None], call: Any) -> None:
    line = PushingLine()
    assert call("push", *arguments, line=line).code == 0
    assert line.asked == asked


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (True, f"pushed {PLACE}:1.0.1, 2.35 MB"),
        (False, f"{PLACE}:1.0.1 was there already, the very same"),
    ],
)
def test_it_says_what_went_and_by_which_digest_it_is_there(new: bool, said: str, call: Any) -> None:
    line = PushingLine(Pushed(f"{PLACE}@{DIGEST}", f"{PLACE}:1.0.1", DIGEST, 2_345_678 if new else 0, new))
    called = call("push", "image", line=line)
    assert called.out.splitlines() == [said, f"{PLACE}@{DIGEST}"]
    assert called.err == ""


def test_json(call: Any) -> None:
    assert call("push", "image", "--json", line=PushingLine()).json == {
        "reference": f"{PLACE}@{DIGEST}",
        "tag": f"{PLACE}:1.0.1",
        "digest": DIGEST,
        "sent": 2_345_678,
        "new": True,
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (
            FailureError("tag-with-other-image", N_("it is there with another image"), hint=N_("a tag is never moved")),
            1,
        ),
        (OutsideError("registry-refused", N_("it refuses"), hint=N_("log in")), 3),
    ],
)
def test_what_went_wrong_is_said_with_a_hint(error: RelevoError, code: int, call: Any) -> None:
    called = call("push", "image", line=PushingLine(error=error))
    assert (called.code, called.out) == (code, "")
    assert str(error.message) in called.err
    assert f"hint: {error.hint}" in called.err


def test_without_an_image_it_is_2(call: Any) -> None:
    called = call("push", line=PushingLine())
    assert (called.code, called.out) == (2, "")
    assert "IMAGE" in called.err


TOML = """\
[line]
name = "quejas"
stages = ["data", "model", "service", "image"]
[data]
path = "quejas.csv"
[data.columns]
texto = "text"
grupo = "label"
"""


@pytest.fixture
def line(tmp_path: Path) -> Callable[..., Line]:
    """line("1.0.0", …, repository="…"): a real line with these images in its store."""

    def make(*versions: str, **image: str) -> Line:
        text = "".join(f"{name} = {value!r}\n" for name, value in image.items())
        root = put(tmp_path / "line", {"relevo.toml": f"{TOML}[image]\n{text}"})
        store = MemoryStore(tmp_path / "store")
        for version in versions:
            where = tmp_path / version
            laid_out(where / "oci", tar(), Labels={"version": version})
            put(where, {"sbom.cdx.json": "{}"})
            store.put(artifact("image", version, where, files=digests(where)))
        settings = load(root, {})
        return Line(root, settings, (ImageStage(root, settings),), store, MemoryRepository)

    return make


@pytest.mark.parametrize(
    ("named", "tag"), [("image@1.0.0", "1.0.0"), ("image@v1.0.1", "1.0.1"), ("1.0.0", "1.0.0"), ("v1.0.1", "1.0.1")]
)
def test_an_image_of_the_store_is_named_by_its_version(
    named: str, tag: str, line: Callable[..., Line], fakes: Callable[..., Fake], call: Any
) -> None:
    fake = fakes()
    called = call("push", named, "--to", f"{fake.host}/team/quejas", "--json", line=line("1.0.0", "1.0.1"))
    assert called.json["tag"] == f"{fake.host}/team/quejas:{tag}"
    assert [name for _, name in fake.manifests if ":" not in name and not name.startswith("sha256-")] == [tag]


def test_relevo_toml_says_where_to(line: Callable[..., Line], fakes: Callable[..., Fake], call: Any) -> None:
    fake = fakes()
    called = call("push", "1.0.0", "--json", line=line("1.0.0", repository=f"{fake.host}/team/quejas"))
    assert called.json["tag"] == f"{fake.host}/team/quejas:1.0.0"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("image@1.0.0", "nobody says where the image goes"),
        ("image@9.9.9", "image@9.9.9 is not in the store"),
        ("model@1.0.0", "`model@1.0.0` is no image of this line, and nothing else can be pushed yet"),
        ("service", "`service` is no image of this line"),
        ("image@x", "`image@x` does not name an artifact"),
    ],
)
def test_what_cannot_be_pushed_is_2(named: str, said: str, line: Callable[..., Line], call: Any) -> None:
    called = call("push", named, line=line("1.0.0"))
    assert (called.code, called.out) == (2, "")
    assert said in called.err
