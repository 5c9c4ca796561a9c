import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.tools.measure.connection import GarbledError, Reader, Response, request

SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b \r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"


@given(st.sampled_from([SIZED, CHUNKED, EMPTY]), st.lists(st.integers(1, 12)))
def test_an_answer_is_read_however_it_is_cut_into_pieces(answer, sizes):
    reader, whole = Reader(), None
    while answer:
        assert whole is None, "the answer was given before its last byte"
        size = sizes.pop() if sizes else len(answer)
        whole, answer = reader.feed(answer[:size]), answer[size:]
    assert isinstance(whole, Response)
    assert whole.body in (b"hello", b"")


def test_headers_have_lower_case_names_and_trimmed_values():
    response = Reader().feed(SIZED)
    assert response == Response(200, {"content-length": "5", "x-a": "b"}, b"hello")


@pytest.mark.parametrize(
    "garbage",
    [
        b"220 smtp ready\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_answer_is_refused(garbage):
    with pytest.raises(GarbledError):
        Reader().feed(garbage)


def test_a_request_is_spelled_as_in_rfc_9112():
    assert request("POST", "/a?b=c", "h:1", b"{}", {"Accept": "*/*"}) == (
        b"POST /a?b=c HTTP/1.1\r\nHost: h:1\r\nContent-Length: 2\r\nAccept: */*\r\n\r\n{}"
    )
