import pytest

from relevo.tools.distribution.challenge import challenges


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", {}),
        ("Negotiate", {}),
        ("Basic", {"basic": {}}),
        ('BASIC Realm="a, b"', {"basic": {"realm": "a, b"}}),
        (
            'Bearer realm="https://auth.example.org/token?a=b",service=x,scope="repository:a/b:pull,push"',
            {
                "bearer": {
                    "realm": "https://auth.example.org/token?a=b",
                    "service": "x",
                    "scope": "repository:a/b:pull,push",
                }
            },
        ),
        ('Negotiate, Bearer realm="a", Basic realm="b"', {"bearer": {"realm": "a"}, "basic": {"realm": "b"}}),
        ('Bearer realm = "a" , error="insufficient_scope"', {"bearer": {"realm": "a", "error": "insufficient_scope"}}),
    ],
)
def test_what_is_asked_for(header, found):
    assert challenges(header) == found
