"""The outbox on the disk: one checked row for every intent."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins

from cbr_desktop.domain.change import Change, Kind, Result, Subject, SubjectType, checkpoint_change, checkpoint_result
from cbr_desktop.domain.checkpoint import AcceptedResource, Checkpoint, CheckpointStatus, SkippedResource
from cbr_desktop.domain.error import Damaged
from cbr_desktop.domain.ids import CheckpointId, IntentId, ProjectId, ResourceId, VaultId
from cbr_desktop.domain.intent import (
    Approval,
    Candidate,
    Intent,
    IntentState,
    Looked,
    Origin,
    Refusal,
    Target,
    reason_of,
)
from cbr_desktop.domain.journal import Head
from cbr_desktop.domain.open_enum import known
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.domain.task import TaskStatus
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.storage.database import (
    NewerVersion,
    Steps,
    connect,
    create_database,
    open_database,
    refuse_odd_parts,
    saving,
    set_aside,
    transaction,
)
from cbr_desktop.storage.files import reason

STEPS: Steps = (
    (
        """
        CREATE TABLE intent (
            id TEXT PRIMARY KEY NOT NULL,
            state TEXT NOT NULL,
            name TEXT NOT NULL,
            created_at TEXT NOT NULL,
            changed_at TEXT NOT NULL,
            sent_at TEXT,
            retry_of TEXT,
            target TEXT NOT NULL,
            answer TEXT NOT NULL,
            body BLOB NOT NULL,
            checksum BLOB NOT NULL
        )
        """,
    ),
    (
        "ALTER TABLE intent ADD COLUMN wish TEXT",
        """
        CREATE TABLE journal (
            place INTEGER PRIMARY KEY CHECK (place = 1),
            number INTEGER NOT NULL,
            hash TEXT NOT NULL
        )
        """,
    ),
    ("ALTER TABLE intent ADD COLUMN change TEXT",),
)

_COLUMNS = (
    *("id", "state", "name", "created_at", "changed_at", "sent_at", "retry_of", "target", "answer", "body"),
    *("wish", "change"),
)
_ALL = ", ".join((*_COLUMNS, "checksum"))
_MARKS = ", ".join("?" * (len(_COLUMNS) + 1))
_MOVING = ("state", "changed_at", "sent_at", "answer", "wish", "checksum")
_CLAIMED = (*_MOVING, "body", "change")
"""What a claim may set: only then is a request complete that waits for the result of another."""
# no value of a person or a service is ever part of these statements
_INSERT = f"INSERT INTO intent ({_ALL}) VALUES ({_MARKS})"  # noqa: S608
_UPSERT = f"{_INSERT} ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _MOVING)}"
_CLAIM = f"UPDATE intent SET {', '.join(f'{name} = ?' for name in _CLAIMED)} WHERE id = ? AND state = ?"  # noqa: S608
_PROBE = f"SELECT {_ALL} FROM intent LIMIT 0"  # noqa: S608
_SELECT = f"SELECT rowid, {_ALL} FROM intent ORDER BY rowid"  # noqa: S608
# a row of the first version is one without a wish, and one of the second without a change
_SELECT_SECOND = _SELECT.replace("change,", "NULL,")
_SELECT_FIRST = _SELECT_SECOND.replace("wish", "NULL")
_SELECTS = (_SELECT_FIRST, _SELECT_SECOND, _SELECT)
"""How rows are read from a file of each version."""
_KEEP_HEAD = (
    "INSERT INTO journal (place, number, hash) VALUES (1, ?, ?)"
    " ON CONFLICT (place) DO UPDATE SET number = excluded.number, hash = excluded.hash"
)

_Row = tuple[bytes | None, ...]


class SqliteRecords:
    """The precious rows of one data folder, over one connection that stays with one thread.

    Opening a broken file keeps it as ``*.bad-<time>`` and takes over the rows that can still be proved whole.
    ``damaged`` tells of every such file and of every row that ``load`` left out. ``Damaged`` when the file is of a
    newer version, ``NotSaved`` when it cannot be opened for writing.

    With every row the ``head`` of the journal is kept, where there is one: so a journal whose end was cut off is known
    by what is remembered here.
    """

    def __init__(self, path: Path, head: Callable[[], Head | None] = lambda: None) -> None:
        self._path = path
        self._head = head
        self.damaged: list[Damaged] = []
        self._connection = self._open()

    def add(self, intent: Intent) -> None:
        """Keep a new intent. ``NotSaved`` when the disk would not, or when there is one with its id."""
        with self._writing():
            self._connection.execute(_INSERT, _row(intent))

    def claim(self, intent: Intent) -> bool:
        """Turn the row of a QUEUED intent into ``intent``, if it is QUEUED still; tell whether it was."""
        row = dict(zip((*_COLUMNS, "checksum"), _row(intent), strict=True))
        values = (*(row[name] for name in _CLAIMED), intent.id, str(IntentState.QUEUED))
        with self._writing():
            return self._connection.execute(_CLAIM, values).rowcount == 1

    def save(self, intent: Intent) -> None:
        """Keep the new state of an intent; its body, target and name are those it was added with."""
        with self._writing():
            self._connection.execute(_UPSERT, _row(intent))

    def save_all(self, intents: Sequence[Intent]) -> None:
        """Keep the new states of several intents, all of them or none."""
        with self._writing():
            self._connection.executemany(_UPSERT, [_row(intent) for intent in intents])

    def keep_head(self) -> None:
        """Keep the head of the journal by itself, for entries that no row goes with. ``NotSaved`` when it cannot be."""
        with self._writing():
            pass

    def load(self) -> list[Intent]:
        """Return all intents that can be proved whole, oldest first; the rest stays on the disk, see ``damaged``."""
        intents = []
        try:
            for number, row in _rows(self._connection):
                try:
                    intents.append(_intent(row))
                except (ValueError, TypeError, KeyError) as error:
                    self.damaged.append(Damaged(str(self._path), f"row {number}: {error}"))
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise Damaged(str(self._path), str(error)) from error
        return intents

    def kept(self) -> list[Intent]:
        """Return the intents of all profiles that can be proved whole, as they are on the disk now. ``Damaged``."""
        try:
            return [_intent(row) for _, row in _rows(self._connection) if _is_whole(row)]
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            raise Damaged(str(self._path), str(error)) from error

    def head(self) -> Head | None:
        """Return the head of the journal as it was kept last, ``None`` when there has been none. ``Damaged``."""
        try:
            return _head(self._connection)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise Damaged(str(self._path), str(error)) from error

    def close(self) -> None:
        """Close the file; nothing is waiting to be written."""
        self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with saving(self._path), transaction(self._connection):
            yield
            head = self._head()
            if head is not None:
                self._connection.execute(_KEEP_HEAD, head)

    def _open(self) -> sqlite3.Connection:
        try:
            return self._probed()
        except NewerVersion:
            raise
        except Damaged:
            # a disk that could not be read for a moment looks like a broken file: it is looked at once more
            pass
        try:
            return self._probed()
        except NewerVersion:
            raise
        except Damaged as error:
            return self._rescue(error)

    def _probed(self) -> sqlite3.Connection:
        connection = open_database(self._path, STEPS)
        try:
            connection.execute(_PROBE)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            connection.close()
            raise Damaged(str(self._path), str(error)) from error
        return connection

    def _rescue(self, error: Damaged) -> sqlite3.Connection:
        """Begin a new file with the rows of the broken one that are whole."""
        with saving(self._path):
            kept = set_aside(self._path)
            rows = _whole_rows(kept)
            create_database(self._path, STEPS)
        connection = open_database(self._path, STEPS)
        with saving(self._path), transaction(connection):
            connection.executemany(_INSERT, (_as_written(row) for row in rows))
        self.damaged.append(Damaged(str(kept), f"{error.detail}; rows taken over: {len(rows)}"))
        return connection


def peek(path: Path) -> tuple[list[Intent], Head | None]:
    """Return the whole intents of a file and the head of its journal without writing, also of one that is in use.

    ``Damaged`` when it cannot be read; a file that is not there has none.
    """
    try:
        path.stat()  # that it is not there is not that it cannot be looked at
        refuse_odd_parts(path)
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", timeout=2.0, uri=True)) as connection:
            connection.text_factory = bytes
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            rows = list(_rows(connection, _SELECTS[min(max(version, 1), len(STEPS)) - 1]))
            return [_intent(row) for _, row in rows if _is_whole(row)], _head(connection) if version > 1 else None
    except (FileNotFoundError, NotADirectoryError):
        return [], None
    except OSError as error:
        raise Damaged(str(path), reason(error)) from error
    except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
        raise Damaged(str(path), str(error)) from error


def _head(connection: sqlite3.Connection) -> Head | None:
    found = connection.execute("SELECT number, hash FROM journal").fetchone()
    return None if found is None else Head(found[0], found[1].decode("ascii", "replace"))


# rows


def _row(intent: Intent) -> tuple[str | bytes | None, ...]:
    values: tuple[str | bytes | None, ...] = (
        intent.id,
        str(intent.state),
        intent.name,
        intent.created_at.isoformat(),
        intent.changed_at.isoformat(),
        _moment_text(intent.sent_at),
        intent.retry_of,
        _json(_whither(intent)),
        _json(_answer(intent)),
        intent.body,
        _json(_wish(intent)),
        _change_text(intent.change),
    )
    return (*values, _checksum([value.encode() if isinstance(value, str) else value for value in values]))


def _checksum(values: Sequence[object]) -> bytes:
    """Return the digest of a row; lengths stand before the contents, so that nothing can move between columns.

    A row without the columns that came later has the digest that the version before them gave it.
    """
    digest = hashlib.sha256()
    kept = list(values)
    while kept and kept[-1] is None:
        kept.pop()
    for value in kept:
        if value is None:
            digest.update(b"-;")
        elif isinstance(value, bytes):
            digest.update(b"%d:" % len(value))
            digest.update(value)
        else:
            raise TypeError("a value of another type")
    return digest.digest()


def _rows(connection: sqlite3.Connection, select: str = _SELECT) -> Iterator[tuple[int, _Row]]:
    for number, *values in connection.execute(select):
        yield number, tuple(values)


def _is_whole(row: _Row) -> bool:
    try:
        return _checksum(row[:-1]) == row[-1]
    except TypeError:
        return False


def _whole_rows(path: Path) -> list[_Row]:
    """Return what can be read of a broken file: from its beginning, and from its end, up to the break."""
    found: dict[int, _Row] = {}
    if not path.is_file():
        return []
    with suppress(sqlite3.Error, UnicodeDecodeError), closing(connect(path)) as connection:
        for select in (f"{select} {order}" for select in reversed(_SELECTS) for order in ("ASC", "DESC")):
            with suppress(sqlite3.Error, UnicodeDecodeError):
                for number, *values in connection.execute(select):
                    found.setdefault(number, tuple(values))
    ids = set()
    rows = []
    for _, row in sorted(found.items()):
        if _is_whole(row) and row[0] not in ids:
            ids.add(row[0])
            rows.append(row)
    return rows


def _as_written(row: _Row) -> Sequence[str | bytes | None]:
    """Turn the texts of a row back into texts; body and checksum are bytes."""
    *texts, body, wish, change, checksum = row
    last = (body, wish and wish.decode(), change and change.decode(), checksum)
    return (*(text if text is None else text.decode() for text in texts), *last)


def _intent(row: _Row) -> Intent:
    """Return the intent of a row. ``ValueError``, ``TypeError`` or ``KeyError`` when it is not whole."""
    if _checksum(row[:-1]) != row[-1]:
        raise ValueError("the checksum differs")
    id, state, name, created_at, changed_at, sent_at, retry_of, target, answer, body, *rest = _as_written(row)[:-1]
    wish, change = (str(text) if text is not None else "" for text in rest)
    if not (isinstance(id, str) and isinstance(name, str) and isinstance(body, bytes)):
        raise TypeError("an empty column")
    parts = json.loads(answer or "")
    wished = json.loads(wish or "{}")
    led = json.loads(target or "")
    return Intent(
        id=IntentId(id),
        target=_target(led),
        change=_change(json.loads(change), body, name) if change else _checkpoint_change(led, body, name),
        state=IntentState(str(state)),
        created_at=datetime.fromisoformat(str(created_at)),
        changed_at=datetime.fromisoformat(str(changed_at)),
        sent_at=_moment(sent_at),
        result=_result(parts),
        request_id=parts["request_id"],
        refusal=Refusal(**parts["refusal"]) if parts["refusal"] else None,
        reason=reason_of(parts["note"]),
        retry_of=IntentId(str(retry_of)) if retry_of is not None else None,
        outcome=_outcome(parts["outcome"]) if parts.get("outcome") else None,
        due_at=_moment(wished.get("due_at")),
        confirmed_at=_moment(wished.get("confirmed_at")),
        by=wished.get("by", ""),
        draft=wished.get("draft", ""),
        plan=wished.get("plan", ""),
        preflight_at=_moment(wished.get("preflight_at")),
        looked=tuple(_looked(each) for each in wished.get("looked", ())),
        duplicates=tuple(CheckpointId(id) for id in wished.get("twins", ())),
        service_sent_at=_moment(wished.get("service_sent_at")),
        candidates=tuple(_candidate(each) for each in wished.get("candidates", ())),
        origin=Origin(wished.get("origin", Origin.WINDOW)),
        sends=wished.get("sends", 0),
        after=IntentId(wished["after"]) if wished.get("after") else None,
        approval=Approval(**wished["approval"]) if wished.get("approval") else None,
    )


# the structures inside a row


def _json(value: object) -> str:
    """Return JSON in ASCII: a service may send half a character, which SQLite would not take."""
    return json.dumps(value, separators=(",", ":"), default=_time_text)


def _time_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _moment_text(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _moment(value: Any) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _parts(value: Struct) -> dict[str, Any]:
    """Return a value and what is in it as dictionaries, with its moments as they are."""
    parts: dict[str, Any] = to_builtins(value, builtin_types=(datetime,))
    return parts


def _answer(intent: Intent) -> dict[str, Any]:
    made = intent.result
    return {
        "checkpoint": _parts(intent.checkpoint) if intent.checkpoint else None,
        **({"result": _made(made)} if made is not None and made.checkpoint is None else {}),
        "request_id": intent.request_id,
        "refusal": _parts(intent.refusal) if intent.refusal else None,
        "note": intent.reason,
        "outcome": None if intent.outcome is None else _ends(intent.outcome),
    }


def _made(result: Result) -> dict[str, Any]:
    """Return what a change has made; an earlier version reads the first two of it."""
    return {"id": result.id, "status": result.status, **({"parts": result.parts} if result.parts else {})}


def _wish(intent: Intent) -> dict[str, Any]:
    """Return who wanted it when and on what grounds, and where it was looked for."""
    return {
        "due_at": intent.due_at,
        "confirmed_at": intent.confirmed_at,
        "by": intent.by,
        "draft": intent.draft,
        "plan": intent.plan,
        "preflight_at": intent.preflight_at,
        "looked": [_parts(each) for each in intent.looked],
        "twins": intent.duplicates,
        "service_sent_at": intent.service_sent_at,
        "candidates": [_parts(each) for each in intent.candidates],
        "origin": str(intent.origin),
        "sends": intent.sends,
        "after": intent.after,
        **({"approval": _parts(intent.approval)} if intent.approval is not None else {}),
    }


def _candidate(value: dict[str, Any]) -> Candidate:
    return Candidate(CheckpointId(value["id"]), value["name"], _moment(value["created_at"]))


def _looked(value: dict[str, Any]) -> Looked:
    times = {name: _moment(value[name]) for name in ("first_at", "last_at")}
    return Looked(**(value | times | {"since": datetime.fromisoformat(value["since"])}))


def _whither(intent: Intent) -> dict[str, Any]:
    """Return where an intent goes; that of a checkpoint names its vault, as it did before there were other changes."""
    target = _parts(intent.target)
    if intent.change.kind is not Kind.CREATE_CHECKPOINT:
        return target
    return target | {"vault_id": intent.subject.id, "vault_name": intent.subject.name}


def _target(value: dict[str, Any]) -> Target:
    project_id = value["project_id"]
    return Target(
        value["profile"],
        value["cbr_endpoint"],
        value["project"],
        None if project_id is None else ProjectId(project_id),
    )


def _change_text(change: Change) -> str | None:
    """Return what of a change the other columns do not hold; nothing of a checkpoint, whose target tells all."""
    if change.kind is Kind.CREATE_CHECKPOINT:
        return None
    parts = ("kind", "lane", "method", "path")
    return _json({**{name: getattr(change, name) for name in parts}, "subject": _parts(change.subject)})


def _change(value: dict[str, Any], body: bytes, tag: str) -> Change:
    subject = value["subject"]
    return Change(
        kind=Kind(value["kind"]),
        subject=Subject(SubjectType(subject["type"]), subject["id"], subject["name"]),
        lane=value["lane"],
        method=value["method"],
        path=value["path"],
        body=body,
        tag=tag,
    )


def _checkpoint_change(target: dict[str, Any], body: bytes, tag: str) -> Change:
    return checkpoint_change(VaultId(target["vault_id"]), target["vault_name"], body, tag)


def _result(answer: dict[str, Any]) -> Result | None:
    """Return what an intent has made; a row of before other changes has a checkpoint alone."""
    if answer["checkpoint"]:
        return checkpoint_result(_checkpoint(answer["checkpoint"]))
    made = answer.get("result")
    return Result(made["id"], made["status"], parts=tuple(made.get("parts", ()))) if made else None


def _checkpoint(value: dict[str, Any]) -> Checkpoint:
    vault_id = value["vault_id"]
    return Checkpoint(
        id=CheckpointId(value["id"]),
        status=known(CheckpointStatus, value["status"]),
        created_at=_moment(value["created_at"]),
        vault_id=None if vault_id is None else VaultId(vault_id),
        vault_name=value["vault_name"],
        accepted=tuple(AcceptedResource(**_typed(item)) for item in value["accepted"]),
        skipped=tuple(SkippedResource(**_typed(item)) for item in value["skipped"]),
        name=value["name"],
        description=value["description"],
        retention_days=value["retention_days"],
    )


def _ends(outcome: Outcome) -> dict[str, Any]:
    """Return what became of the resources, without the tasks that told it."""
    ends = [
        {
            "id": each.id,
            "name": each.name,
            "type": each.type,
            "fate": each.fate.name,
            "status": each.status,
            "progress_percent": each.progress_percent,
            "code": each.code,
            "message": each.message,
        }
        for each in outcome.resources
    ]
    return {"status": outcome.status, "resources": ends}


def _outcome(value: dict[str, Any]) -> Outcome:
    ends = tuple(
        ResourceOutcome(**_typed(item) | {"fate": Fate[item["fate"]], "status": known(TaskStatus, item["status"])})
        for item in value["resources"]
    )
    return Outcome(ends, known(CheckpointStatus, value["status"]))


def _typed(value: dict[str, Any]) -> dict[str, Any]:
    return value | {"id": ResourceId(value["id"]), "type": known(ResourceType, value["type"])}
