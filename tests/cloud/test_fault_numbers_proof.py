"""Fault 86 of the catalogue: refusals that only look as if they came before anything was done; by number."""

import asyncio
import json
from collections.abc import Callable

import pytest

from cbr_desktop.domain.error import Refused
from tests.cloud.faults import answering, response
from tests.cloud.stage import Stage, stage

STATUS = {400: b"400 Bad", 401: b"401 Unauthorized", 403: b"403 Forbidden", 404: b"404 No", 409: b"409 Conflict"}
STATUS[429] = b"429 Too many"


def flat(code: object, /, **more: object) -> bytes:
    return json.dumps({"error_code": code, "error_msg": "No.", **more}).encode()


def refused_with(status: int, body: bytes, *headers: bytes) -> tuple[Stage, Refused]:
    """Send a checkpoint to a service that answers so; return what came of it and how often it was sent."""

    async def main() -> tuple[Stage, Refused]:
        answer = answering(response(body, *headers, status=STATUS[status]))
        async with stage({"checkpoints": answer}) as opened:
            # a token that has been good: with one that never was, nobody would try again
            await opened.cloud.vaults()
            error = await opened.post()
            assert isinstance(error, Refused), repr(error)
            return opened, error

    return asyncio.run(main())


LOOKS = {
    "another gateway": flat("Evil.0301"),
    "more before it": flat("XAPIGW.0301"),
    "more after it": flat("APIGW.03011"),
    "lower case": flat("apigw.0301"),
    "blanks around": flat(" APIGW.0301"),
    "newline after": flat("APIGW.0301\n"),
    "other digits": flat("APIGW.٠٣٠١"),
    "not of this status": flat("APIGW.0308"),
    "not in the list": flat("APIGW.0399"),
    "no text": json.dumps({"error_code": "APIGW.0301"}).encode(),
    "text is none": json.dumps({"error_code": "APIGW.0301", "error_msg": None}).encode(),
    "id is no text": flat("APIGW.0301", request_id={"a": 1}),
    "other names": json.dumps({"errorCode": "APIGW.0301", "errorMsg": "No."}).encode(),
    "short names": json.dumps({"code": "APIGW.0301", "message": "No."}).encode(),
    "both names": flat("APIGW.0301", code="500"),
    "nested": json.dumps({"error": {"error_code": "APIGW.0301", "error_msg": "No."}}).encode(),
    "nested with short names": json.dumps({"error": {"code": "APIGW.0301", "message": "No."}}).encode(),
    "beside an object": flat("APIGW.0301", checkpoint={"id": "8b0851a8-adf3-4f4c-a914-dead08bf9664"}),
    "in a list": b"[" + flat("APIGW.0301") + b"]",
    "a key twice": b'{"error_code": "Evil.1", "error_code": "APIGW.0301", "error_msg": "No."}',
    "text before": b"Upstream said: " + flat("APIGW.0301"),
    "text after": flat("APIGW.0301") + b" (relayed)",
    "two of them": flat("APIGW.0301") + flat("APIGW.0301"),
    "damaged bytes": flat("APIGW.0301").replace(b"No.", b"\xff\xfe"),
    "a mark in front": b"\xef\xbb\xbf" + flat("APIGW.0301"),
    "the status as code": flat("401"),
    "the status as number": flat(401),
    "identity's shape": json.dumps({"error": {"code": 401, "message": "No.", "title": "Unauthorized"}}).encode(),
    "older shape of another status": json.dumps({"forbidden": {"code": "403", "message": "No."}}).encode(),
    "older shape under another name": json.dumps({"evil": {"code": "401", "message": "No."}}).encode(),
    "older shape beside more": json.dumps(
        {"unauthorized": {"code": "401", "message": "No."}, "checkpoint": {"id": "x"}}
    ).encode(),
    "huge": flat("APIGW.0301", padding="x" * 2**20),
    "deep": flat("APIGW.0301")[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@pytest.mark.parametrize("body", LOOKS.values(), ids=list(LOOKS))
def test_fault_86_a_401_that_only_looks_like_the_gateways_is_sent_once_and_proves_nothing(body: bytes) -> None:
    opened, error = refused_with(401, body)
    assert (opened.site.count("POST", "checkpoints"), opened.site.count("POST", "tokens")) == (1, 1)
    assert error.executed is None


@pytest.mark.parametrize("code", ["APIGW.0301", "APIG.0301", "APIGW.0303", "APIGW.0307"])
def test_fault_86_the_gateways_own_word_is_worth_one_more_try(code: str) -> None:
    async def main() -> None:
        async with stage({"checkpoints": answering(response(flat(code), status=STATUS[401]))}) as opened:
            await opened.cloud.vaults()
            error = await opened.post()
            assert isinstance(error, Refused)
            assert error.executed is False
            assert opened.site.count("POST", "checkpoints") == 2

    asyncio.run(main())


@pytest.mark.parametrize("status", [400, 403, 404, 409, 429])
@pytest.mark.parametrize(
    "make",
    [
        lambda code: flat(f"X{code}"),
        lambda code: flat(f"{code}0"),
        lambda code: flat(code.lower().replace("0", "O")),
        lambda code: flat(f"Evil.{code.partition('.')[2]}"),
        lambda code: json.dumps({"error": {"code": code, "message": "No."}}).encode(),
        lambda code: b'{"error_code": "x", "error_code": "%s", "error_msg": "No."}' % code.encode(),
        lambda code: b"<p>" + flat(code) + b"</p>",
    ],
)
def test_fault_86_other_refusals_that_only_look_like_it(status: int, make: Callable[[str], bytes]) -> None:
    code = {403: "APIGW.0302", 429: "APIGW.0308"}.get(status, "BackupService.9900")
    opened, error = refused_with(status, make(code))
    assert (error.executed, opened.site.count("POST", "checkpoints")) == (None, 1)
    assert refused_with(status, flat(code))[1].executed is False


@pytest.mark.parametrize(("status", "name"), [(401, "unauthorized"), (403, "forbidden")])
def test_fault_86_the_older_shape_counts_where_it_fits(status: int, name: str) -> None:
    for code in (status, str(status)):
        body = json.dumps({name: {"code": code, "message": "Policy does not allow it."}}).encode()
        opened, error = refused_with(status, body)
        assert (error.executed, opened.site.count("POST", "checkpoints")) == (False, 1)


def test_fault_86_a_page_that_holds_such_words_proves_nothing() -> None:
    head = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: "
    body = flat("APIGW.0302")

    async def main() -> None:
        answer = head + str(len(body)).encode() + b"\r\n\r\n" + body
        async with stage({"checkpoints": answering(answer)}) as opened:
            error = await opened.post()
            assert isinstance(error, Refused)
            assert error.executed is None

    asyncio.run(main())
