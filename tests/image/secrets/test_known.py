import base64
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from relevo.calls import runtime
from relevo.core.artifact import Artifact, Draft
from relevo.core.settings import DataSettings, LineSettings, Settings
from relevo.core.version import Version
from relevo.image.secrets.known import Known, is_list, listed

CONTENT = b"x = 'nothing to see'\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
IN_RECORD = base64.urlsafe_b64encode(bytes.fromhex(SHA256)).decode().rstrip("=")
MD5 = hashlib.md5(CONTENT).hexdigest()
SHA1 = base64.b64encode(hashlib.sha1(CONTENT).digest()).decode()

RECORD = f"h11/__init__.py,sha256={IN_RECORD},21\nh11-0.16.0.dist-info/RECORD,,\n../bin/h11,sha256={IN_RECORD},21\n"
APK = f"C:Q1x=\nP:zlib\nF:usr/lib\nR:libz.so.1\nZ:Q1{SHA1}\nR:libz.so\nF:etc\nR:zlib.conf\nZ:Q1{SHA1}\n"


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    def artifact(stage: str, **files: str) -> Artifact:
        return Artifact("quejas", stage, Version(1, 0, 0), "", "", {}, files, {}, {}, (), (), "", "")

    return Draft(
        stage="image",
        version=Version(1, 0, 0),
        folder=tmp_path,
        output_digest="",
        facts={"packages": {"h11": "0.16.0", "ruamel-yaml": "0.18.6", "typing-extensions": "4.16.0"}},
        inputs={"service": artifact("service"), "model": artifact("model")},
        base=None,
        changes=(),
        settings=Settings(LineSettings("quejas"), DataSettings("quejas.csv", {})),
        root=tmp_path,
    )


@pytest.mark.parametrize(
    ("name", "whether"),
    [
        ("opt/x/h11-0.16.0.dist-info/RECORD", True),
        ("opt/x/typing_extensions-4.16.0.dist-info/RECORD", True),
        ("opt/x/ruamel_yaml-0.18.6.dist-info/RECORD", True),
        ("opt/x/ruamel.yaml-0.18.6.dist-info/RECORD", True),
        ("opt/x/Ruamel.Yaml-0.18.6.dist-info/RECORD", True),
        ("h11-0.16.0.dist-info/RECORD", True),
        ("opt/x/h11-0.17.0.dist-info/RECORD", False),  # not the version that was locked
        ("opt/x/other-0.16.0.dist-info/RECORD", False),
        ("var/lib/dpkg/info/libc6:amd64.md5sums", True),
        ("var/lib/dpkg/info/libc6:amd64.list", False),
        ("var/lib/dpkg/status", True),
        ("var/lib/dpkg/status.d/tzdata", True),
        ("lib/apk/db/installed", True),
        ("usr/lib/apk/db/installed", True),
        ("lib/apk/db/triggers", False),
    ],
)
def test_which_lists_are_believed(draft: Draft, name: str, whether: bool) -> None:
    assert is_list(name, draft.facts["packages"]) is whether


@pytest.mark.parametrize(
    ("lists", "content", "paths"),
    [
        ("opt/x/h11-0.16.0.dist-info/RECORD", RECORD, ["opt/x/h11/__init__.py", "opt/bin/h11"]),
        ("var/lib/dpkg/info/a.md5sums", f"{MD5}  lib/a.so\n", ["lib/a.so", "usr/lib/a.so"]),
        ("var/lib/dpkg/status", f"Conffiles:\n /etc/a.conf {MD5}\n", ["etc/a.conf"]),
        ("var/lib/dpkg/status.d/a", f"Conffiles:\n /etc/a.conf {MD5}\n", ["etc/a.conf"]),
        ("lib/apk/db/installed", APK, ["usr/lib/libz.so.1", "etc/zlib.conf"]),
        ("usr/lib/apk/db/installed", APK, ["usr/lib/libz.so.1", "etc/zlib.conf"]),
    ],
)
def test_what_a_list_says_is_known_at_that_path_with_that_content(
    draft: Draft, lists: str, content: str, paths: list[str]
) -> None:
    known = Known(draft)
    assert not any(known.is_listed(path, CONTENT) for path in paths)
    known.add(lists, content.encode())
    assert all(known.is_listed(path, CONTENT) for path in paths)
    assert not any(known.is_listed(path, CONTENT + b"#") for path in paths)
    assert not known.is_listed("opt/elsewhere.py", CONTENT)


@pytest.mark.parametrize("content", ["", "\0,sha256=%,1\n", "a,sha256=abc\n", 'x,"sha256=', "a,sha256=abcde,1\n"])
def test_a_list_that_is_none_says_nothing(draft: Draft, content: str) -> None:
    known = Known(draft)
    known.add("opt/x/h11-0.16.0.dist-info/RECORD", content.encode())
    assert not known.is_listed("opt/x/a", CONTENT)


def test_the_runtime_and_the_model_are_known_wherever_they_lie(draft: Draft) -> None:
    known = Known(draft)
    assert not known.is_ours(CONTENT)
    assert all(known.is_ours(path.read_bytes()) for path in runtime.files().values())
    model = replace(draft.inputs["model"], files={"weights.npy": SHA256})
    assert Known(replace(draft, inputs={"model": model})).is_ours(CONTENT)


@pytest.mark.parametrize(
    ("name", "whether"), [("model/a", True), ("service.json", True), ("app.py", False), ("openapi.json", False)]
)
def test_of_the_service_only_what_relevo_wrote_is_known(draft: Draft, name: str, whether: bool) -> None:
    service = replace(draft.inputs["service"], files={name: SHA256})
    assert Known(replace(draft, inputs={"service": service})).is_ours(CONTENT) is whether


def test_the_databases_of_package_managers_are_not_looked_into(draft: Draft) -> None:
    known = Known(draft)
    assert known.is_listed("var/lib/dpkg/status", CONTENT)
    assert known.is_listed("lib/apk/db/triggers", CONTENT)
    assert known.is_listed("usr/lib/apk/db/triggers", CONTENT)
    assert not known.is_listed("var/lib/other/status", CONTENT)


def test_an_unreadable_sum_is_no_content() -> None:
    assert [its.value for _, its in listed("opt/h11-1.dist-info/RECORD", b"a,sha256=abcde,1\n")] == [""]
