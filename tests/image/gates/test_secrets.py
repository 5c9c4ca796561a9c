import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from relevo.core.artifact import Draft
from relevo.core.verdict import Outcome, Verdict
from relevo.image.gates.secrets import Secrets, by_name
from relevo.image.labels import stamp
from relevo.image.oci.layout import Layout
from relevo.image.stage import OCI

Image = Callable[..., Draft]

#: Put together here, so that whoever looks for secrets in this repository finds none.
GITLAB = "glpat-" + "ab_9-" * 4
PASSWORD = b'host = "db"\npass' + b'word = "sesamo-abrete"\n'
KEY = f"-----BEGIN {'PRIVATE'} KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n".encode()
COMMIT = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"
APP = "opt/relevo/service/app.py"


def places(verdict: Verdict) -> list[str]:
    """Where something was found; the advice at the end has no place."""
    assert verdict.outcome is Outcome.FAILED
    found = [str(message.params["place"]) for message in verdict.evidence if "place" in message.params]
    assert (verdict.measured, verdict.limit) == (len(found), 0)
    return found


def test_passes_an_image_without_any(image: Image) -> None:
    verdict = Secrets().check(image())
    assert (verdict.outcome, verdict.measured, verdict.evidence) == (Outcome.PASSED, 0, ())


def test_names_file_line_and_instruction_and_never_the_secret(image: Image) -> None:
    verdict = Secrets().check(image({}, {APP: PASSWORD}))
    assert places(verdict) == [f"/{APP}:2 (image/Dockerfile:4)"]
    assert str(verdict.evidence[0]).endswith(": a password or a key is written out, `ses…`")
    assert "abrete" not in str(verdict.to_json())
    assert "relevo: not-a-secret" in str(verdict.evidence[-1])


def test_a_comment_on_the_line_excuses_it(image: Image) -> None:
    excused = PASSWORD.replace(b'"\n', b'"  # relevo: not-a-secret\n')
    assert Secrets().check(image({}, {APP: excused})).outcome is Outcome.PASSED


def test_what_is_deleted_later_is_still_found(image: Image) -> None:
    layers = (
        {"opt/relevo/.env": b"", APP: PASSWORD},
        {"opt/relevo/.wh..env": b"", "opt/relevo/service/.wh.app.py": b""},
    )
    assert places(Secrets().check(image(*layers))) == [f"/{APP}:2 (image/Dockerfile:3)", "image/Dockerfile:3"]


def test_the_base_is_not_looked_into(image: Image) -> None:
    assert Secrets().check(image(base={"etc/app.py": PASSWORD, "root/.netrc": b""})).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("path", "telling"),
    [
        ("opt/.env", "opt/.env"),
        ("opt/.env.production", "opt/.env.production"),
        ("opt/app/.git/objects/ab/cdef", "opt/app/.git"),
        (".git/HEAD", ".git"),
        ("root/.netrc", "root/.netrc"),
        ("root/.pypirc", "root/.pypirc"),
        ("root/.ssh/id_rsa", "root/.ssh/id_rsa"),
        ("root/id_ed25519_work", "root/id_ed25519_work"),
        ("root/.docker/config.json", "root/.docker/config.json"),
        ("root/.aws/credentials", "root/.aws/credentials"),
        ("root/.kube/config", "root/.kube/config"),
        ("opt/kubeconfig.yaml", "opt/kubeconfig.yaml"),
        ("opt/tls.p12", "opt/tls.p12"),
        ("opt/.env.example", ""),
        ("opt/.environment", ""),
        ("opt/.gitignore", ""),
        ("root/.ssh/id_rsa.pub", ""),
        ("opt/config.json", ""),
        ("opt/aws/credentials", ""),
        ("opt/x/credentials.py", ""),
        ("opt/ca.pem", ""),
    ],
)
def test_which_names_tell(path: str, telling: str) -> None:
    assert by_name(path) == telling


def test_a_folder_of_secrets_is_one_finding(image: Image) -> None:
    files = {f"opt/.git/objects/{number:02}": PASSWORD for number in range(9)}
    (found, *_advice) = Secrets().check(image({}, files)).evidence
    assert found.params == {"path": "/opt/.git", "place": "image/Dockerfile:4"}


@pytest.mark.parametrize("content", [KEY, b"\x7fELF\0\0\0" + KEY])
def test_a_private_key_is_found_whatever_it_is_in(image: Image, content: bytes) -> None:
    assert len(places(Secrets().check(image({}, {"opt/tls.pem": content})))) == 1


@pytest.mark.parametrize("name", ["etc/app.ini", "etc/app.yaml", "etc/apprc", "opt/start.sh"])
def test_values_need_no_quotes_where_none_are_usual(image: Image, name: str) -> None:
    content = b"first\npass" + b"word=sesamo-abrete\n"
    assert places(Secrets().check(image({}, {name: content}))) == [f"/{name}:2 (image/Dockerfile:4)"]
    assert Secrets().check(image({}, {"opt/a.py": content})).outcome is Outcome.PASSED


def test_packages_from_the_locked_list_are_not_read(image: Image) -> None:
    sum_ = base64.urlsafe_b64encode(hashlib.sha256(PASSWORD).digest()).decode().rstrip("=")
    record = f"h11/tests.py,sha256={sum_},1\nh11-0.16.0.dist-info/RECORD,,\n".encode()
    dependencies = {"opt/x/h11/tests.py": PASSWORD, "opt/x/h11-0.16.0.dist-info/RECORD": record}
    assert Secrets().check(image(dependencies, {})).outcome is Outcome.PASSED
    assert len(places(Secrets().check(image({**dependencies, "opt/x/h11/tests.py": PASSWORD + b"#"}, {})))) == 1
    assert len(places(Secrets().check(image({**dependencies, "opt/y.py": PASSWORD}, {})))) == 1


DOCKERFILE = """\
FROM base
COPY a /a
RUN curl {address} -o /b
ENV DB_PASSWORD=sesamo-abrete
# relevo: not-a-secret
ENV API_TOKEN=abcd1234efgh
LABEL owner.token="{token}"
"""


def told(image: Image, **more: Any) -> Draft:
    text = DOCKERFILE.format(address="https://ana:s3samo" + "@host/x", token=GITLAB)
    environment = [
        "PATH=/usr/bin",
        "GPG_KEY=" + COMMIT.upper(),
        "DB_PASS" + "WORD=sesamo-abrete",
        "API_TOKEN=abcd1234efgh",
    ]
    return image({}, {}, dockerfile=text, Env=environment, Labels={"owner.token": GITLAB, "vcs-ref": COMMIT}, **more)


def test_variables_labels_and_history_are_looked_into(image: Image) -> None:
    """But what the base says, its variables and its labels, is not; and one comment excuses the line below it."""
    verdict = Secrets().check(told(image))
    assert places(verdict) == ["image/Dockerfile:4", "image/Dockerfile:7", "image/Dockerfile:3"]
    said = str(verdict.to_json())
    assert "abrete" not in said
    assert "s3samo" not in said
    assert GITLAB not in said


def test_a_variable_that_no_line_says_is_named(image: Image) -> None:
    draft = image({}, {}, Env=["API_TOKEN=" + GITLAB], facts={"variables": {"required": [], "optional": ["API_TOKEN"]}})
    assert places(Secrets().check(draft)) == ["ENV API_TOKEN"]


def test_a_secret_that_is_said_twice_is_one_finding(image: Image) -> None:
    text = f'FROM base\nENV API_TOKEN={GITLAB}\nLABEL owner.token="{GITLAB}"\n'
    draft = image({}, {}, dockerfile=text, Env=["API_TOKEN=" + GITLAB], Labels={"owner.token": GITLAB})
    assert places(Secrets().check(draft)) == ["image/Dockerfile:2"]


def test_a_label_that_relevo_writes_is_looked_into_but_a_commit_is_no_secret(image: Image) -> None:
    draft = image()
    labels = {"org.opencontainers.image.revision": COMMIT + "-dirty"}
    stamp(Layout(draft.folder / OCI), labels, "")
    assert Secrets().check(draft).outcome is Outcome.PASSED
    stamp(Layout(draft.folder / OCI), {"org.opencontainers.image.source": "https://ana:s3samo" + "@host/x"}, "")
    assert places(Secrets().check(draft)) == ["LABEL org.opencontainers.image.source"]


def test_shows_twenty_of_many(image: Image) -> None:
    verdict = Secrets().check(image({}, {f"opt/{number}.py": PASSWORD for number in range(30)}))
    assert (verdict.measured, len(verdict.evidence)) == (30, 22)


def test_a_layer_that_cannot_be_read_is_refused(image: Image) -> None:
    draft = image()
    layout = Layout(draft.folder / OCI)
    layout.blob(layout.layers[1].digest).write_bytes(b"\x1f\x8b")
    verdict = Secrets().check(draft)
    assert verdict.outcome is Outcome.FAILED
    assert "cannot be read" in str(verdict.evidence[0])


def test_the_model_is_not_read(image: Image) -> None:
    draft = image({}, {"opt/relevo/service/model/vocabulary.json": PASSWORD})
    assert len(places(Secrets().check(draft))) == 1
    model = replace(
        draft.inputs["service"], stage="model", files={"vocabulary.json": hashlib.sha256(PASSWORD).hexdigest()}
    )
    assert Secrets().check(replace(draft, inputs={**draft.inputs, "model": model})).outcome is Outcome.PASSED
