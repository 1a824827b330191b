"""Faults 20 to 28 of the catalogue: answers that are well formed, or nearly, and wrong; by number."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.domain.error import BadAnswer, CloudError, NoAnswer, NotFound, Refused
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.lists import whole
from cbr_desktop.text.states import shown, status_words
from cbr_desktop.ui.shell.status_bar import member_problems
from cbr_desktop.workflows.ledger import Part
from tests.cloud.faults import Behaviour, answering, response
from tests.cloud.stage import Pages, Stage, stage, told
from tests.cloud.values import NO_VAULTS

Story = Callable[[Stage], Awaitable[None]]
HUGE = b"9" * 5000


def played(story: Story, faults: dict[str, Behaviour | Pages] | None = None, **options: Any) -> None:
    async def main() -> None:
        async with stage(faults, **options) as opened:
            await story(opened)

    asyncio.run(main())


def lists_survive(behaviour: Behaviour, kind: type[CloudError], reads: int, *words: str) -> None:
    """Read all lists while those of the vaults are wrong: the old ones stay, the other panes live on."""

    async def story(opened: Stage) -> None:
        error = await opened.fail_to_read_vaults()
        assert type(error) is kind, repr(error)
        for word in words:
            assert word in told(error)
        assert opened.site.count("GET", "vaults") == reads
        assert opened.site.count("POST", "tokens") == 1

    played(story, {"vaults": behaviour})


def a_post_is_sent_once(behaviour: Behaviour, kind: type[CloudError], executed: bool | None = None) -> None:
    async def story(opened: Stage) -> None:
        error = await opened.post()
        assert type(error) is kind, repr(error)
        assert isinstance(error, CloudError)
        assert error.executed is executed
        told(error)
        assert opened.site.count("POST", "checkpoints") == 1

    played(story, {"checkpoints": behaviour})


def vaults_read(body: bytes, *headers: bytes, reads: int = 1) -> Stage:
    """Read all lists, that of the vaults from ``body``, and return what came of it; nothing may be wrong.

    It is asked for ``reads`` times: without a count there might be more.
    """

    async def main() -> Stage:
        async with stage({"vaults": answering(response(body, *headers))}) as opened:
            await opened.refresh.once()
            assert opened.ledger.freshness[Part.VAULTS].error is None
            assert opened.site.count("GET", "vaults") == reads
            return opened

    return asyncio.run(main())


def kept_and_exported(opened: Stage, path: Path) -> list[str]:
    """Put the vaults through a database, a file and JSON, and return their names as they came back."""
    cache = SqliteCache(path / "cache.db")
    cache.keep_vaults(opened.draft_store.kept[-1])
    cache.close()
    listing = whole(SqliteCache(path / "cache.db").vaults())
    assert listing is not None
    names = [vault.name for vault in listing.rows]
    (path / "names.txt").write_text("\n".join(names), encoding="utf-8")
    assert json.loads(json.dumps(names)) == names
    return names


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"null", ""),
        (b"[]", ""),
        (b'"text"', ""),
        (b"7", ""),
        (b"", ""),
        (b"{}", "vaults"),
        (b'{"count": 3}', "vaults"),
        (b'{"vaults": null}', "vaults"),
        (b'{"vaults": {}}', "vaults"),
        (b'{"vaults": "none"}', "vaults"),
        (b'{"vaults": [1, 2]}', "vaults"),
        (b'{"vaults": [{"name": "no id"}]}', "id"),
        (b'{"vaults": [{"id": 7}]}', "id"),
    ],
)
def test_fault_20_json_of_another_kind(body: bytes, field: str) -> None:
    lists_survive(answering(response(body)), BadAnswer, 1, "HTTP 200", "is not one of this service", field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"null", ""),
        (b"{}", "checkpoint"),
        (b'{"checkpoint": null}', "checkpoint"),
        (b'{"checkpoint": {}}', "id"),
        (b'{"checkpoint": {"id": 7}}', "id"),
    ],
)
def test_fault_20_a_checkpoint_of_another_kind(body: bytes, field: str) -> None:
    async def story(opened: Stage) -> None:
        error = await opened.post()
        assert isinstance(error, BadAnswer)
        assert error.executed is None
        assert field in told(error)
        assert opened.site.count("POST", "checkpoints") == 1

    played(story, {"checkpoints": answering(response(body))})


@pytest.mark.parametrize(
    "body",
    [
        b'{"vaults": [NaN]}',
        b'{"vaults": [{"id": "v", "billing": {"size": NaN}}]}',
        b'{"vaults": [{"id": "v", "size": Infinity}]}',
        b'{"vaults": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"odd": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b', "vaults": []}',
    ],
    ids=["NaN", "NaN as size", "Infinity", "deep lists", "deep objects"],
)
def test_fault_21_json_that_is_none(body: bytes) -> None:
    lists_survive(answering(response(body)), BadAnswer, 1, "is not one of this service")
    a_post_is_sent_once(answering(response(body)), BadAnswer)


@pytest.mark.parametrize("number", [b"1e400", HUGE, b"-" + HUGE, b"9223372036854775808", b'"%s"' % HUGE])
def test_fault_21_numbers_that_nothing_can_hold(number: bytes, tmp_path: Path) -> None:
    body = b'{"vaults": [{"id": "v", "name": "one", "billing": {"size": %s, "used": 5}}], "count": %s}'
    opened = vaults_read(body % (number, number), reads=2)
    (vault,) = opened.ledger.vaults.values()
    assert (vault.name, vault.size_gb, vault.used_mb) == ("one", 0, 5)
    assert kept_and_exported(opened, tmp_path) == ["one"]


def test_fault_21_keys_that_come_twice() -> None:
    opened = vaults_read(b'{"vaults": [{"id": "a", "name": "x", "name": "y"}], "count": 1, "count": 1}')
    assert [vault.name for vault in opened.ledger.vaults.values()] == ["y"]
    lists_survive(answering(response(b'{"vaults": [{"id": "a"}], "vaults": null}')), BadAnswer, 1, "vaults")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (rb"a\ud83d", "a\ufffd"),
        (rb"\ude00b", "\ufffdb"),
        (rb"a\u0000b", "a\ufffdb"),
        (b"a\xed\xa0\xbdb", "a\ufffd\ufffd\ufffdb"),
        (rb"\ud83d\ude00", "😀"),
    ],
)
def test_fault_22_characters_that_are_none(name: bytes, expected: str, tmp_path: Path) -> None:
    opened = vaults_read(b'{"vaults": [{"id": "v", "name": "' + name + b'"}], "count": 1}')
    assert kept_and_exported(opened, tmp_path) == [expected]
    assert shown(expected) == expected
    with sqlite3.connect(":memory:") as connection:
        assert connection.execute("SELECT ?", (expected,)).fetchone() == (expected,)
    connection.close()


GOOD = '{"vaults": [{"id": "v", "name": "größer"}], "count": 1}'


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (GOOD.encode("utf-8-sig"), ""),
        (GOOD.encode(), "; charset=klingon"),
        (GOOD.encode(), "; charset=utf-16"),
        (GOOD.encode(), "; charset="),
    ],
    ids=["byte order mark", "bogus charset", "wrong charset", "empty charset"],
)
def test_fault_23_encodings_that_can_be_read(body: bytes, charset: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json{charset}\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    async def story(opened: Stage) -> None:
        await opened.refresh.once()
        assert [vault.name for vault in opened.ledger.vaults.values()] == ["größer"]

    played(story, {"vaults": answering(head + body)})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp037"])
def test_fault_23_encodings_that_cannot(encoding: str) -> None:
    lists_survive(answering(response(GOOD.encode(encoding))), BadAnswer, 1, "is not one of this service")
    a_post_is_sent_once(answering(response(GOOD.encode(encoding))), BadAnswer)


def test_fault_24_words_of_a_later_version() -> None:
    resource = {"id": "r", "type": "OS::Quantum::Computer", "protect_status": "entangled", "spin": 1}
    vault = {
        "id": "v",
        "name": "one",
        "billing": {"status": "hibernating", "object_type": "dream"},
        "resources": [resource],
    }
    task = {"id": "t", "operation_type": "teleport", "status": "hovering", "extra_info": {"odd": {}}, "mood": "good"}
    faults = {
        "vaults": answering(response(json.dumps({"vaults": [vault], "count": 1, "moon": "full"}).encode())),
        "operation-logs": answering(response(json.dumps({"operation_logs": [task], "count": 1}).encode())),
    }

    async def story(opened: Stage) -> None:
        await opened.refresh.once()
        (found,) = opened.ledger.vaults.values()
        (running,) = opened.ledger.tasks.values()
        (member,) = found.resources
        words = [found.status, found.kind, member.type, member.protect_status, running.type, running.status]
        assert words == ["hibernating", "dream", "OS::Quantum::Computer", "entangled", "teleport", "hovering"]
        assert all(status_words(word) == f"{word} (unknown to this version)" for word in words)
        assert not running.is_over
        assert opened.ledger.freshness[Part.VAULTS].complete

    played(story, faults)


DATES: dict[str, tuple[object, datetime | None]] = {
    "as in the examples": ("2019-05-23T14:31:36.039365", datetime(2019, 5, 23, 14, 31, 36, 39365, UTC)),
    "with Z": ("2019-05-23T14:31:36Z", datetime(2019, 5, 23, 14, 31, 36, 0, UTC)),
    "with a zone": ("2019-05-23T16:31:36+02:00", datetime(2019, 5, 23, 14, 31, 36, 0, UTC)),
    "seven decimals": ("2019-05-23T14:31:36.0393651", datetime(2019, 5, 23, 14, 31, 36, 39365, UTC)),
    "empty": ("", None),
    "null": (None, None),
    "a number": (1558621896, None),
    "year 1": ("0001-01-01T00:00:00", None),
    "month 99": ("2019-99-23T14:31:36", None),
    "an object": ({}, None),
}


def test_fault_25_dates() -> None:
    rows = [{"id": f"v-{place}", "created_at": text} for place, (text, _) in enumerate(DATES.values())]
    opened = vaults_read(json.dumps({"vaults": rows, "count": len(rows)}).encode())
    found = [vault.created_at for vault in opened.ledger.vaults.values()]
    assert found == [expected for _, expected in DATES.values()]
    assert all(time is None or time.tzinfo is UTC for time in found)


def page_of(*ids: int, count: int | None) -> bytes:
    body: dict[str, Any] = {"vaults": [{"id": f"v-{id}"} for id in ids]}
    return response(json.dumps(body if count is None else body | {"count": count}).encode())


def drifting(step: int) -> Callable[[int], bytes]:
    """Give a list of 30 that is one longer, or one shorter at its head, as soon as the first page was read."""

    def page(offset: int) -> bytes:
        ids = list(range(30))
        if offset:
            ids = [99, *ids] if step > 0 else ids[1:]
        return page_of(*ids[offset : offset + 10], count=len(ids))

    return page


@pytest.mark.parametrize(
    ("page", "rows", "most"),
    [
        (drifting(1), 30, 4),
        (drifting(-1), 29, 4),
        (lambda offset: page_of(*range(30)[offset : offset + 10], count=10**9), 30, 12),
        (lambda offset: page_of(*range(30)[offset : offset + 10], count=3), 30, 5),
        (lambda offset: page_of(*range(10), count=100_000), 10, 8),
        (lambda offset: page_of(*range(1000), count=None), 1000, 3),
        (lambda offset: page_of(1, 1, 2, count=3), 2, 3),
    ],
    ids=["one comes", "one goes", "count too great", "count too small", "same page", "same page, no count", "twice"],
)
def test_fault_26_paging_drifts(page: Callable[[int], bytes], rows: int, most: int) -> None:
    async def story(opened: Stage) -> None:
        await opened.refresh.once()
        assert opened.ledger.freshness[Part.VAULTS].error is None
        assert len(opened.ledger.vaults) >= rows
        assert opened.site.count("GET", "vaults") <= most
        assert not opened.ledger.freshness[Part.VAULTS].complete
        assert "Vaults: the list may lack some rows" in " ".join(member_problems(opened.ledger))

    played(story, {"vaults": Pages(page)})


REQUEST_ID = b"X-Request-Id: 2f6dd0be7a7bf16d1cb15b4fcc5c1a70"


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "reads"),
    [
        (b"200 OK", {"error_code": "BackupService.6113", "error_msg": "No."}, Refused, "6113", 1),
        (b"200 OK", {"error": {"code": "EPS.0003", "message": "No."}}, Refused, "EPS.0003", 1),
        (b"400 Bad", {"error_code": "BackupService.9900", "error_msg": "No."}, Refused, "9900", 1),
        (b"404 No", {"error": {"code": "BackupService.6105", "message": "No."}}, NotFound, "6105", 1),
        (b"400 Bad", {"message": "alone"}, Refused, "alone", 1),
        (b"404 Not found", "<html><h1>404</h1>", NotFound, "HTTP 404", 1),
        (b"400 Bad", "<html>", Refused, "HTTP 400", 1),
        (b"500 Oops", "", Refused, "HTTP 500", 4),
        (b"502 Bad gateway", "<html>", Refused, "HTTP 502", 4),
    ],
)
def test_fault_27_refusals_in_every_shape(
    status: bytes, body: object, kind: type[Refused], code: str, reads: int
) -> None:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    answer = answering(response(content, REQUEST_ID, status=status))
    lists_survive(answer, kind, reads, code, REQUEST_ID.split()[-1].decode())

    async def story(opened: Stage) -> None:
        error = await opened.post()
        assert isinstance(error, Refused)
        is_certain = content.startswith(b'{"error_code": "BackupService') and not status.startswith(b"200")
        assert error.executed is (False if is_certain else None)
        assert code in told(error)
        assert opened.site.count("POST", "checkpoints") == 1

    played(story, {"checkpoints": answer})


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n" * 50


@pytest.mark.parametrize(
    ("answer", "kind", "reads", "words"),
    [
        (answering(response(b"{}", status=b"999 Odd")), BadAnswer, 1, "status 999"),
        (answering(b"HTTP/1.1 204 No Content\r\n\r\n"), BadAnswer, 1, "is not one of this service"),
        (answering(b"HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n"), BadAnswer, 1, "is not one of this service"),
        (answering(CONTINUE, close=True), NoAnswer, 2, "did not answer"),
    ],
    ids=["999", "204", "205", "100 and no more"],
)
def test_fault_28_odd_statuses(answer: Behaviour, kind: type[CloudError], reads: int, words: str) -> None:
    lists_survive(answer, kind, reads, words)
    a_post_is_sent_once(answer, kind)


def test_fault_28_many_a_hundred_before_the_answer() -> None:
    async def story(opened: Stage) -> None:
        await opened.refresh.once()
        assert opened.ledger.freshness[Part.VAULTS].error is None
        assert opened.ledger.vaults == {}

    played(story, {"vaults": answering(CONTINUE + response(NO_VAULTS))})
