"""Replies that are nearly right: the recorded answers of the service, spoilt in transport, in syntax and in schema."""

import asyncio
import copy
import gzip
import json
import random
import time
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

from tests.cloud.faults import answering, resetting, response
from tests.cloud.values import examples

from .gateway import PROJECT, Cloud

NASTY: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 10**30, -(10**30), 0.5, 1e308, -0.0),
    *("", " ", "null", "0", "-1", "1e9", "9" * 400, "NaN", "x" * 70_000, "\x00", "\u202e\u2066", "\ud800", "😀" * 300),
    *("2019-05-10T07:59:12.733403", "0000-00-00T00:00:00", "9999-12-31T23:59:59.999999", "2019-02-30", "+275760-09-13"),
    *("../../v3", "<b>bold</b>", "'; DROP TABLE", "=cmd()", "%s%n", "protecting", "available", "OS::Nova::Server"),
    *([], {}, [[]], [None], {"": ""}, [{}], {"id": None}, [[[[[[]]]]]], {"id": "3b5816b5-f29c-4172-9d9a-76c719a659ce"}),
)
STATUSES = (
    *(100, 101, 200, 201, 202, 203, 204, 206, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 407, 408, 409),
    *(410, 411, 413, 418, 421, 425, 429, 431, 451, 500, 501, 502, 503, 504, 511, 520, 599, 600, 799, 999),
)
HEADERS = (
    *(
        b"Content-Encoding: gzip",
        b"Content-Encoding: deflate",
        b"Content-Encoding: br",
        b"Content-Encoding: zstd, gzip",
    ),
    *(b"Content-Type: text/html", b"Content-Type: application/json; charset=utf-16", b"Content-Type: \xff\xfe"),
    *(b"Retry-After: -1", b"Retry-After: 1e9", b"Retry-After: Wed, 21 Oct 2099 07:28:00 GMT", b"Retry-After: soon"),
    *(b"Date: never", b"Date: Thu, 01 Jan 1970 00:00:00 GMT", b"Date: Fri, 31 Dec 9999 23:59:59 GMT", b"Age: -5"),
    *(b"Location: https://evil.example/", b"Location: \x01", b"Location: //", b"Set-Cookie: a=b; Domain=.com"),
    *(b"X-Request-Id: " + b"A" * 9000, b"X-Request-Id: \xe9\xff", b"X-Subject-Token: ", b"Transfer-Encoding: chunked"),
    *(b"Transfer-Encoding: gzip, chunked", b"Connection: upgrade", b"Upgrade: h2c", b"Trailer: X", b"bad header"),
    *(b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999999999999", b" folded: yes", b": none"),
    *(b"WWW-Authenticate: Negotiate", b"Proxy-Authenticate: Basic", b"X-" + b"a" * 60_000 + b": 1", b"\x00: 1"),
)
RAW = (
    *(
        b"",
        b"\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/0.9 200\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ),
    *(
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\n\n{}",
        b"ICY 200 OK\r\n\r\n",
        b"\x00" * 9000,
    ),
    *(b"SSH-2.0-OpenSSH_9.6\r\n", b"220 mail ESMTP\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"<html>" * 20_000),
    b"HTTP/1.1 100 Continue\r\n\r\n" * 300,
    b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 20_000 + b"\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
)
_TOKEN = {"token": {"expires_at": "2099-01-04T09:05:22.701000Z", "issued_at": "2026-01-03T09:05:22.701000Z"}}
_TOKEN["token"]["project"] = {"id": PROJECT, "name": "p"}  # type: ignore[assignment]
_SUBJECT = b"X-Subject-Token: token-1"
_REFUSALS = (
    *(b"APIGW.0301", b"APIGW.0308", b"APIGW.0101", b"BackupService.6113", b"BackupService.6125", b"BackupService.9900"),
    *(b"BackupService.0001", b"APIG.0201", b"X.1", b"", b"6113"),
)
_REFUSAL = b'{"error_code": "%s", "error_msg": "no", "request_id": "00000000000000000000000000000000"}'
_BOMB = gzip.compress(bytes(40 * 2**20), 9)
_REFUSING = frozenset({400, 401, 403, 404, 409, 413, 429})


_SCHEDULE = Path("/proc/self/schedstat")


def moment() -> float:
    """Return the time in seconds, which stands still while this program is ready and others have the processor."""
    return time.monotonic() - int(_SCHEDULE.read_bytes().split()[1]) / 1e9


class FuzzCloud(Cloud):
    """Lets people in and answers what one operation asks for with spoilt replies, a fresh one each time.

    With ``hangs`` it never comes to the end of any. ``moments`` are when requests came since ``begin``, ``last`` is the
    last reply, and ``last_refuses`` whether that was a refusal, whole and of a kind that proves that nothing was done.
    """

    def __init__(self, chance: random.Random, *, hangs: bool) -> None:
        self._chance = chance
        self._hangs = hangs
        self._operation = ""
        self.replies = 0
        self.kinds: Counter[str] = Counter()
        self.moments: list[float] = []
        self.last = b""
        self.last_refuses = False

    def begin(self, operation: str) -> None:
        """Say what is asked for next; nothing was answered for that yet."""
        self._operation, self.moments, self.last, self.last_refuses = operation, [], b"", True

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = self.server.requests.pop()
        self.moments.append(moment())
        is_login = request.startswith(b"POST /v3/auth/tokens")
        if is_login and self._operation != "login":
            writer.write(response(json.dumps(_TOKEN).encode(), _SUBJECT, status=b"201 Created"))
            await writer.drain()
            return
        self.replies += 1
        self.last_refuses = False
        if self._hangs:
            await self._hang(reader, writer)
        else:
            await self._reply(reader, writer)

    async def _reply(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name, spoil = self._chance.choice(
            (("syntax", self._syntax), ("schema", self._schema), ("transport", self._head))
        )
        reply = spoil()
        cut = self._chance.random()
        if cut < 0.08:
            name, reply = "cut", reply[: self._chance.randrange(len(reply) + 1)]
            self.last_refuses = False
        elif cut < 0.14:
            name, reply = "raw", self._chance.choice(RAW)
            self.last_refuses = False
        self.last = reply[:2000]
        self.kinds[name] += 1
        if self._chance.random() < 0.06:
            self.kinds["reset"] += 1
            self.last_refuses = False
            await resetting(reply)(reader, writer)
        else:
            await answering(reply, close=True)(reader, writer)

    async def _hang(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        whole = response(self._good())
        kind = self._chance.choice(("silence", "half", "drip", "endless"))
        self.kinds[kind] += 1
        self.last = kind.encode()
        if kind == "half":
            writer.write(whole[: self._chance.randrange(len(whole))])
        elif kind == "drip":
            for byte in whole:
                writer.write(bytes((byte,)))
                await writer.drain()
                await asyncio.sleep(0.02)
        elif kind == "endless":
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                writer.write(b"1\r\n \r\n")
                await writer.drain()
                await asyncio.sleep(0.01)
        await writer.drain()
        await reader.read()  # until the other side has had enough
        writer.close()

    def _good(self) -> bytes:
        if self._operation == "login":
            return json.dumps(_TOKEN).encode()
        return self._chance.choice(examples(self._operation))

    def _syntax(self) -> bytes:
        """Return a good head with a body that is broken as bytes."""
        body = bytearray(self._good())
        for _ in range(self._chance.randrange(1, 6)):
            place = self._chance.randrange(len(body) + 1)
            how = self._chance.randrange(6)
            if how == 0:
                del body[place : place + self._chance.randrange(40)]
            elif how == 1:
                body[place:place] = self._chance.randbytes(self._chance.randrange(1, 9))
            elif how == 2:
                body[place : place + 1] = self._chance.choice(
                    (b"{", b"}", b"[", b"]", b",", b'"', b"\\", b":", b"\x00")
                )
            elif how == 3:
                body[place:place] = self._chance.choice(
                    (b"NaN", b"Infinity", b"1e999", b"0x10", b"//", b"\\ud800", b"\xef\xbb\xbf")
                )
            elif how == 4:
                body[place:place] = body[: self._chance.randrange(200)]
            else:
                body[place:place] = self._chance.choice((b"[" * 5000, b'{"a":' * 3000, b"9" * 5000, b"\xc3\x28" * 20))
        made = bytes(body)
        whole = self._chance.randrange(12)
        if whole == 0:
            made = made.decode("utf-8", "replace").encode("utf-16")
        elif whole == 1:
            made = b"\xef\xbb\xbf" + made
        return response(made, *self._subject())

    def _schema(self) -> bytes:
        """Return a good head with JSON of which some parts are of another kind."""
        document = copy.deepcopy(json.loads(self._good()))
        for _ in range(self._chance.randrange(1, 5)):
            document = self._mutated(document)
        return response(json.dumps(document).encode("utf-8", "surrogatepass"), *self._subject())

    def _mutated(self, document: Any) -> Any:
        """Change one place of a document, found by going down at random."""
        holder: Any = None
        key: Any = None
        here = document
        while isinstance(here, dict | list) and here and (holder is None or self._chance.random() < 0.8):
            holder = here
            key = self._chance.choice(list(here)) if isinstance(here, dict) else self._chance.randrange(len(here))
            here = here[key]
        if holder is None:
            return self._chance.choice(NASTY)
        how = self._chance.randrange(6)
        if how == 0:
            del holder[key]
        elif how == 1 and isinstance(holder, list):
            holder *= self._chance.choice((2, 50))
        elif how == 2 and isinstance(holder, dict):
            holder[self._chance.choice(("", "id", "ID", "count", "\x00", "x" * 3000, key + " "))] = copy.deepcopy(here)
        elif how == 3:
            holder[key] = [copy.deepcopy(here)] if self._chance.random() < 0.5 else {"value": copy.deepcopy(here)}
        else:
            holder[key] = copy.deepcopy(self._chance.choice(NASTY))
        return document

    def _head(self) -> bytes:
        """Return a body that may be good behind a head that is not."""
        body = self._good()
        status = self._chance.choice(STATUSES)
        if self._chance.random() < 0.4:
            code = self._chance.choice(_REFUSALS)
            body = _REFUSAL % code
            self.last_refuses = status in _REFUSING
        headers = list(self._chance.sample(HEADERS, self._chance.randrange(3)))
        packed = self._chance.randrange(10)
        if packed == 0:
            body, headers = gzip.compress(body), [*headers, b"Content-Encoding: gzip"]
        elif packed == 1:
            body, headers = _BOMB, [*headers, b"Content-Encoding: gzip"]
        elif packed == 2:
            body, headers = zlib.compress(body)[: self._chance.randrange(30)], [*headers, b"Content-Encoding: deflate"]
        length = self._chance.choice((None, None, None, 0, len(body) + 5, max(0, len(body) - 5)))
        return response(body, *headers, *self._subject(), status=b"%d Whatever" % status, length=length)

    def _subject(self) -> tuple[bytes, ...]:
        return (_SUBJECT,) if self._operation == "login" and self._chance.random() < 0.8 else ()
