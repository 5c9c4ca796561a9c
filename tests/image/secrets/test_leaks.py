import base64
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.image.secrets.leaks import EXCUSE, entropy, is_hex, is_text, leaks

#: Put together here, so that whoever looks for secrets in this repository finds none.
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
KEY = f"-----BEGIN {'PRIVATE'} KEY-----"
AWS = "AKIA" + "IOSFODNN7EXAMPLQ"
GITHUB = "ghp_" + "a1B2" * 9
GITLAB = "glpat-" + "ab_9-" * 4
JWT = "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N"
RANDOM = base64.b64encode(random.Random(7).randbytes(30)).decode()


def kinds(text: str, **more: bool) -> list[str]:
    """What was found, by the words after the place."""
    return [
        str(leak.message("")).removeprefix(": ").split(",")[0].split("(")[0].strip() for leak in leaks(text, **more)
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"{KEY}\n{BODY}\n{BODY}\n-----END", "a private key"),
        (f'"key": "{KEY}\\n{BODY}\\n"', "a private key"),
        (f"-----BEGIN RSA {'PRIVATE'} KEY-----\nProc-Type: 4,ENCRYPTED\n\n{BODY}", "a private key"),
        (f"-----BEGIN PGP {'PRIVATE'} KEY BLOCK-----\n\n{BODY}", "a private key"),
        (f"key = '{AWS}'", "a key of AWS"),
        (f"x: {GITHUB}", "a key of GitHub"),
        ("github_pat_" + "A1b2C3d4E5f" * 6, "a key of GitHub"),
        (f"curl -H 'PRIVATE-TOKEN: {GITLAB}'", "a key of GitLab"),
        ("xox" + "b-123456789012-abcdefABCDEF", "a key of Slack"),
        ("https://hooks.slack.com/services/" + "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", "a key of Slack"),
        ("AIza" + "SyA1234567890abcdefghijklmnopqrstuv", "a key of Google"),
        ("pypi-AgE" + "IcHlwaS5vcmc" * 5, "a key of PyPI"),
        ("npm_" + "a1B2c3" * 6, "a key of npm"),
        ("sk_live_" + "a1B2c3D4" * 3, "a key of Stripe"),
        (f"Authorization: Bearer {JWT}", "a JSON web token"),
        ('password = "sesamo"', "a password or a key is written out"),
        ("db_password='abre-te, s'", ""),
        ('DB_PASSWORD: str = "s3samo"', "a password or a key is written out"),
        ('{"passwd": "s3samo"}', "a password or a key is written out"),
        ('contraseña = "sésamo"', "a password or a key is written out"),
        ('connect(host, pwd="s3samo")', "a password or a key is written out"),
        ('api_key = "abcd1234efgh"', "a password or a key is written out"),
        ('CLIENT_SECRET="abcd-1234"', "a password or a key is written out"),
        ("postgres://ana:s3samo@db/quejas", "an address with a password in it"),
        ("redis://:s3samo@cache:6379", "an address with a password in it"),
        (f"x = '{RANDOM}'", "as random as a key"),
        ("x = '" + "9f86d081884c7d659a2feaa0c55ad015" + "'", "as random as a key"),
    ],
)
def test_what_is_a_secret(text: str, kind: str) -> None:
    assert kinds(f"first line\n{text}\n") == ([kind] if kind else [])
    assert [leak.line for leak in leaks(f"first line\n{text}\n")] == ([2] if kind else [])


@pytest.mark.parametrize(
    "text",
    [
        "password = os.environ['PASSWORD']",
        'password = "${DB_PASSWORD}"',
        'password = "<your password>"',
        'token = "token"',
        'token_pattern = "(?u)word12345"',
        'PASSWORD = "DB_PASSWORD"',
        'password = ""',
        'password = "********"',
        "pip install --hash=sha256:" + "9f86d081884c7d65" * 4,
        'integrity="sha384-' + RANDOM + '"',
        '"sha256": "' + "9f86d081884c7d65" * 4 + '"',
        "COPY dir:" + "9f86d081884c7d65" * 4 + " in /opt",
        "org.opencontainers.image.revision=" + "9f86d08188" * 4,
        f"url(data:font/woff2;base64,{RANDOM})",
        f"-----BEGIN CERTIFICATE-----\n{RANDOM}\n-----END CERTIFICATE-----",
        f"-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: a-b\n\n{RANDOM}\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----",
        f"-----BEGIN {'PRIVATE'} KEY-----, as it starts",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "3.14159265358979323846264338327950288F",
        "/opt/relevo/dependencies/numpy/random/lib/python3/site-packages/x86_64-linux-gnu",
        "8a6e0804-2bd0-4672-b79d-d97027f9071a",
        "https://example.org:8080/path@here",
        "ssh://git@example.org/team/name",
        "https://user:password@example.org",
        "la contraseña: se pide por teléfono",
        "mozilla/Security_Communication_ECC_RootCA1/Hongkong_Post_Root_CA_3",
        "AKIAAAAA",
    ],
)
def test_what_is_none(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DB_PASSWORD=sesamo", 1),
        ("password: sesamo", 1),
        ("export API_TOKEN=abcd1234", 1),
        ("RUN useradd ana && echo PASSWORD=sesamo > /etc/x", 1),
        ("PASSWORD=$OTHER", 0),
        ("PASSWORD_FILE=/run/secrets/password", 0),
        ("password: /run/secrets/password", 0),
        ("PASSWORD_REQUIRED=true", 0),
        ("password: true", 0),
        ("TOKEN=true", 0),
        ("tokens: 1", 0),
        ("passwd:         files systemd", 0),
    ],
)
def test_values_without_quotes_where_none_are_needed(text: str, found: int) -> None:
    assert len(leaks(text, unquoted=True)) == found
    assert leaks(text) == []


def test_one_secret_is_found_once_and_its_line_is_known() -> None:
    text = f'\n\npassword = "{GITLAB}"\nurl = "https://a:{AWS}@b"\n'
    assert [(leak.line, leak.value) for leak in leaks(text, unquoted=True)] == [(3, GITLAB), (4, AWS)]


def test_a_whole_private_key_is_one_finding() -> None:
    assert len(leaks(KEY + "\n" + f"{RANDOM}\n" * 30 + "-----END")) == 1


def test_what_is_said_shows_four_characters_at_most() -> None:
    assert leaks(f"x {GITHUB}")[0].message("a:1").params["start"] == "ghp_…"
    (short,) = leaks('password = "sesamo12"')
    assert short.message("a:1").params["start"] == "se…"
    assert "sesamo" not in repr(short)


def test_a_comment_excuses_one_finding_of_its_line() -> None:
    excused = f'password = "sesamo"  # {EXCUSE}\n'
    assert leaks(excused) == []
    assert [leak.line for leak in leaks(excused + 'password = "sesamo"\n')] == [2]
    both = f'a = dict(password="sesamo", pwd="abrete")  # {EXCUSE}\n'
    assert [leak.value for leak in leaks(both)] == ["abrete"]


def test_what_is_no_text_has_only_what_is_nothing_else() -> None:
    assert not is_text(b"\x7fELF\0\0")
    assert is_text("contraseña".encode())
    text = f'\0\1password = "sesamo"\0{RANDOM}\0{GITHUB}\0'
    assert [leak.value for leak in leaks(text, words=False)] == [GITHUB]


@given(st.text(min_size=1))
def test_entropy_is_between_nothing_and_that_of_all_different_characters(text: str) -> None:
    assert -1e-9 <= entropy(text) <= math.log2(len(set(text))) + 1e-9
    assert entropy(text * 2) == pytest.approx(entropy(text))
    assert entropy("".join(sorted(text))) == pytest.approx(entropy(text))


@given(st.integers())
def test_a_random_key_in_hexadecimal_is_found(seed: int) -> None:
    value = random.Random(seed).randbytes(32).hex()
    assert is_hex(value)
    assert [leak.value for leak in leaks(f"x = {value}")] == [value]


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=300))
def test_any_text_can_be_looked_into(text: str) -> None:
    lines = text.count("\n") + 1
    assert all(1 <= leak.line <= lines for leak in leaks(text, unquoted=True))


@pytest.mark.parametrize("piece", ["A", "a1", "password", "-----BEGIN ", "eyJa", " = ", "x://", '"', "a.b-"])
def test_no_pattern_goes_over_a_long_text_again_and_again(piece: str) -> None:
    """If one did, this would not end."""
    assert leaks(piece * (300_000 // len(piece)), unquoted=True) == []
