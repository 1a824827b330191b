"""The service's JSON: every recorded answer, and everything that could come instead."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbr_desktop.cloud.wire.agents import agents
from cbr_desktop.cloud.wire.backups import backup, backups, backups_in_pieces
from cbr_desktop.cloud.wire.checkpoints import checkpoint
from cbr_desktop.cloud.wire.logins import token
from cbr_desktop.cloud.wire.policies import policies
from cbr_desktop.cloud.wire.protectables import protectables
from cbr_desktop.cloud.wire.reading import PIECE_ROWS, AnswerPieces, Names, Unfit, moment, strictly, whole
from cbr_desktop.cloud.wire.refusals import Envelope, envelope
from cbr_desktop.cloud.wire.tasks import tasks, tasks_in_pieces
from cbr_desktop.cloud.wire.vaults import PIECE_SIZE, vaults, vaults_in_pieces
from cbr_desktop.domain.agent import AgentState
from cbr_desktop.domain.checkpoint import Checkpoint, CheckpointStatus
from cbr_desktop.domain.ids import ResourceId, VolumeId
from cbr_desktop.domain.task import TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectStatus, ResourceType, Vault, VaultKind
from cbr_desktop.text.tasks import task_type_words
from tests.cloud.values import examples

LISTS = {
    "vaults": vaults,
    "backups": backups,
    "operation_logs": tasks,
    "policies": policies,
    "instances": protectables,
}


def one(row: object) -> Vault:
    (found,) = vaults(json.dumps({"vaults": [row]}).encode(), {}).rows
    return found


def one_vault(**changes: Any) -> Vault:
    body = {"id": "v-1", "name": "one", "billing": {"size": 100, "used": 5}} | changes
    return one(body)


def test_recorded_vaults() -> None:
    page = vaults(examples("ListVault")[1], {})
    assert (len(page.rows), page.count, page.lost) == (4, 4, 0)
    disk, server, replica, gone = page.rows
    assert disk.kind is VaultKind.DISK
    assert (server.size_gb, server.used_mb, server.name) == (100, 17048, "vault-e380-custodian")
    assert server.created_at == datetime(2025, 3, 22, 2, 59, 6, 548293, tzinfo=UTC)
    assert server.resources[0].type is ResourceType.SERVER
    assert server.resources[0].backup_size_mb == 17048
    assert replica.resources[0].protect_status is None
    assert gone.resources[0].protect_status is ProtectStatus.DELETED


def test_a_page_with_many_resources_is_read_in_pieces_and_comes_to_the_same() -> None:
    """A page of 1,000 vaults at one go would hold up the window for the better part of a frame."""
    resources = [{"id": f"r{number}", "type": "OS::Nova::Server", "name": f"ecs-{number}"} for number in range(400)]
    rows = [{"id": f"v{number}", "resources": resources[: number % 401]} for number in range(100)] + [{"name": "no id"}]
    body = json.dumps({"vaults": rows, "count": 120}).encode()
    pieces = vaults_in_pieces(body, {})
    assert sum(1 for _ in pieces) == 99 * 100 // 2 // PIECE_SIZE
    page = vaults(body, {})
    assert [(vault.id, len(vault.resources)) for vault in page.rows] == [(f"v{each}", each) for each in range(100)]
    assert (page.count, page.lost) == (120, 1)


@pytest.mark.parametrize(("key", "pieces"), [("backups", backups_in_pieces), ("operation_logs", tasks_in_pieces)])
def test_long_pages_are_read_in_pieces(key: str, pieces: Callable[[bytes, Names], AnswerPieces[Any]]) -> None:
    rows = [{"id": f"{number}"} for number in range(2 * PIECE_ROWS + 1)]
    body = json.dumps({key: [{"name": "no id"}, *rows], "count": 9}).encode()
    assert sum(1 for _ in pieces(body, {})) == 2
    page = whole(pieces(body, {}))
    assert ([row.id for row in page.rows], page.count, page.lost) == ([row["id"] for row in rows], 9, 1)
    assert whole(pieces(json.dumps({key: []}).encode(), {})).rows == []


def test_an_example_of_one_vault() -> None:
    found = one(json.loads(examples("ShowVault")[0])["vault"])
    assert found.id
    assert found.kind is VaultKind.SERVER


def test_recorded_backups() -> None:
    automatic, _ = backups(examples("ListBackups")[0], {}).rows
    assert automatic.auto
    assert automatic.expires_at == datetime(2020, 5, 21, 7, 0, 54, 60493, tzinfo=UTC)
    manual = backups(examples("ListBackups")[1], {}).rows
    assert [each.auto for each in manual] == [False] * 3
    assert [each.incremental for each in manual] == [True, True, False]
    assert manual[0].expires_at is None


def test_backups_share_what_repeats() -> None:
    first, _, third = backups(examples("ListBackups")[1], {}).rows
    assert first.vault_id is third.vault_id
    assert first.resource_name is third.resource_name


def test_recorded_tasks() -> None:
    (task,) = tasks(examples("ListOpLogs")[0], {}).rows
    assert (task.type, task.status, task.progress_percent) == (TaskType.BACKUP, TaskStatus.SUCCESS, 100)
    assert (task.vault_id, task.backup_name, task.policy_id) == (None, "manualbk_backup", None)
    assert task.request_id.startswith("req-")
    found = tasks(examples("ListOpLogs")[1], {}).rows
    assert {each.type for each in found} >= {TaskType.RESTORE, TaskType.DELETE, TaskType.SYNC}
    failed = next(each for each in found if each.status is TaskStatus.FAILED)
    assert failed.code == "BackupService.6114"
    assert next(each for each in found if each.type is TaskType.RESTORE).backup_name == "manualbk_1234"


def test_a_task_without_a_word_for_its_type_is_known_by_what_it_tells() -> None:
    body = b"""{"operation_logs": [
        {"id": "1", "operation_type": null, "extra_info": {"update_expiration_time": {"expiration_day": "2027-01-01"}}},
        {"id": "2", "operation_type": null, "extra_info": {"common": {"progress": 3}}},
        {"id": "3", "operation_type": "defragment", "extra_info": null}
    ]}"""
    told = [(each.type, task_type_words(each.type)) for each in tasks(body, {}).rows]
    assert told == [
        (TaskType.UPDATE_EXPIRATION, "Change of expiration"),
        ("", "Not named"),
        ("defragment", "defragment (unknown to this version)"),
    ]
    assert all(task_type_words(each) != str(each) for each in TaskType)


def test_recorded_policies() -> None:
    (policy,) = policies(examples("ListPolicies")[1], {}).rows
    assert (policy.retention_days, policy.max_backups, policy.enabled) == (30, -1, True)
    assert policy.vault_ids == ("f85e42a4-d23b-4af9-b361-e56758e6faa4",)
    assert policy.patterns[0].startswith("FREQ=WEEKLY")


def test_recorded_protectables() -> None:
    (documented,) = protectables(examples("ListProtectable")[0], {}).rows
    assert documented.disks[0].device == "/dev/vda"
    assert documented.disks[0].bootable
    assert not documented.disks[1].bootable
    free, taken = protectables(examples("ListProtectable")[1], {}).rows
    assert (free.vault_id, free.os_type, free.status) == (None, "Linux", "ACTIVE")
    assert free.availability_zone == "sa-brazil-1a"
    assert taken.vault_id == "f85e42a4-d23b-4af9-b361-e56758e6faa4"


@pytest.mark.parametrize("body", examples("CreateCheckpoint"))
def test_recorded_checkpoints(body: bytes) -> None:
    found = checkpoint(body)
    assert found.status is CheckpointStatus.PROTECTING
    assert found.created_at is not None
    assert [each.size_gb for each in found.accepted] in ([40], [])
    assert found.retention_days == -1


def test_a_checkpoint_of_which_all_was_skipped() -> None:
    found = checkpoint(examples("CreateCheckpoint")[3])
    assert found.accepted == ()
    assert found.skipped[0].code == "BackupService.6125"


def test_a_later_look_may_tell_nothing() -> None:
    found = checkpoint(examples("ShowCheckpoint")[1])
    assert found.status is CheckpointStatus.AVAILABLE
    assert (found.vault_id, found.accepted, found.retention_days) == (None, (), None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-25T06:12:48.673924", datetime(2025, 3, 25, 6, 12, 48, 673924, tzinfo=UTC)),
        ("2025-03-25T06:12:48.6739247", datetime(2025, 3, 25, 6, 12, 48, 673924, tzinfo=UTC)),
        ("2025-03-25T06:12:48", datetime(2025, 3, 25, 6, 12, 48, tzinfo=UTC)),
        ("2025-03-25 07:59:52", datetime(2025, 3, 25, 7, 59, 52, tzinfo=UTC)),
        ("2019-05-10T07:59:12.733+00:00", datetime(2019, 5, 10, 7, 59, 12, 733000, tzinfo=UTC)),
        ("2019-05-10T09:59:12.733+02:00", datetime(2019, 5, 10, 7, 59, 12, 733000, tzinfo=UTC)),
        ("2020-01-04T09:05:22.701000Z", datetime(2020, 1, 4, 9, 5, 22, 701000, tzinfo=UTC)),
        ("0001-01-01T00:00:00+05:00", None),
        ("0001-01-01T00:00:00", None),
        ("2019-99-10T07:59:12", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_times(text: str | None, expected: datetime | None) -> None:
    found = moment(text)
    assert found == expected
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize("size", [40, "40", 40.0])
def test_a_size_may_be_a_number_or_a_text(size: object) -> None:
    assert one_vault(billing={"size": size}).size_gb == 40


@pytest.mark.parametrize("size", [None, "", "many", {}, [], True, 2**70, 1.5, "9" * 5000])
def test_a_size_that_is_none_is_nought_and_spoils_nothing(size: object) -> None:
    found = one_vault(billing={"size": size, "used": 7})
    assert found.size_gb in (0, 1)
    assert (found.used_mb, found.name) == (7, "one")


@pytest.mark.parametrize("value", [None, "", {}, [], 5, "odd"])
def test_an_absent_part_has_many_spellings(value: object) -> None:
    found = one_vault(billing=value, resources=value, tags=value, created_at=value, description=value)
    assert (found.size_gb, found.resources, found.tags, found.created_at) == (0, [], {}, None)


def test_a_bad_resource_does_not_take_its_vault_along() -> None:
    resources = [{"id": "r-1", "type": "OS::Odd::Thing"}, {"name": "no id"}, 7, {"id": "r-2", "size": []}]
    found = one_vault(resources=resources, billing={"status": "hibernating", "size": "3"})
    assert [each.id for each in found.resources] == ["r-1", "r-2"]
    assert found.resources[0].type == "OS::Odd::Thing"
    assert found.status == "hibernating"


@pytest.mark.parametrize("extra", [None, {}, "{}", "", {"exclude_volumes": None}, {"exclude_volumes": []}])
def test_extra_info_of_a_resource_is_often_nothing(extra: object) -> None:
    assert one_vault(resources=[{"id": "r-1", "extra_info": extra}]).resources[0].exclude_volumes == ()


def test_excluded_disks() -> None:
    found = one_vault(resources=[{"id": "r-1", "extra_info": {"exclude_volumes": ["d-1", "d-2"]}}])
    assert found.resources[0].exclude_volumes == ("d-1", "d-2")


def test_disks_that_are_the_only_ones() -> None:
    found = one_vault(resources=[{"id": "r-1", "extra_info": {"include_volumes": [{"id": "d-1", "os_version": "x"}]}}])
    (held,) = found.resources
    assert (held.include_volumes, held.takes(VolumeId("d-1")), held.takes(VolumeId("d-2"))) == (("d-1",), True, False)


def test_a_row_without_id_is_lost_and_counted() -> None:
    page = vaults(b'{"vaults": [{"id": "v-1"}, {"name": "nobody"}, null, {"id": ""}], "count": 4}', {})
    assert ([row.id for row in page.rows], page.count, page.lost) == (["v-1"], 4, 3)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"vaults": null}',
        b'{"vaults": {}}',
        b'{"vaults": [1, 2]}',
        b'{"vaults": [{"id": "v-1"}',
        b'{"vaults": [NaN]}',
        b'{"vaults": []}}',
        b"[" * 100_000,
        b'{"odd": ' + b"[" * 100_000 + b"]" * 100_000 + b', "vaults": []}',
        '{"vaults": []}'.encode("utf-16"),
        b"\x00\xff\xfe",
    ],
    ids=range(15),
)
def test_what_is_no_list_is_unfit(body: bytes) -> None:
    with pytest.raises(Unfit):
        vaults(body, {})


class CallCount:
    """Counts the calls of functions inside its blocks: the work done, whatever the machine."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "CallCount":
        sys.setprofile(self._called)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.setprofile(None)

    def _called(self, _frame: FrameType, event: str, _argument: object) -> None:
        self.count += event in ("call", "c_call")


@pytest.mark.parametrize(
    "body",
    [
        b'{"vaults": [' + b",".join([b'{"id":"v"}'] * 20_001) + b"]}",
        b'{"vaults": [' + b",".join([b"1"] * 20_001) + b"]}",
        b'{"vaults": [' + b",".join([b'{"id": 1}'] * 15_000) + b"]}",
        b'{"vaults": [{"id": "v", "resources": [' + b",".join([b"1"] * 400_000) + b"]}]}",
        b'{"vaults": [{"id": "v", "tags": [' + b",".join([b'{"key": 1}'] * 119_000) + b"]}]}",
        b'{"vaults": [], "x": [' + b",".join([b"1.0"] * 600_000) + b"]}",
        b'{"vaults": [], "x": [' + b",".join([b'{"a":1}'] * 200_000) + b"]}",
        b'{"vaults": [{"id": "v", "name": "' + rb"\u0000" * 500_000 + b'"}]}',
        b'{"vaults": [{"id": "v", "name": "' + b"\xff" * 2**24 + b'"}]}',
    ],
    ids=["rows", "odd rows", "bad ids", "odd resources", "odd tags", "values", "objects", "escapes", "bytes"],
)
def test_what_would_keep_a_window_waiting_is_unfit(body: bytes) -> None:
    with CallCount() as calls, pytest.raises(Unfit):
        vaults(body, {})
    with calls:
        envelope(body)
    assert calls.count < 2_000_000, "a second of Python on a slow machine"


def test_a_page_of_which_everything_is_a_little_odd_is_still_read() -> None:
    row = b'{"id": "v-%d", "billing": {"size": []}, "resources": [{"id": "r", "size": []}]}'
    page = vaults(b'{"vaults": [' + b",".join(row % number for number in range(1000)) + b"]}", {})
    assert (len(page.rows), page.lost) == (1000, 0)
    assert page.rows[0].resources[0].id == "r"


def test_the_unfit_field_is_named() -> None:
    with pytest.raises(Unfit, match="vaults"):
        vaults(b'{"count": 3}', {})
    with pytest.raises(Unfit, match="checkpoint"):
        checkpoint(b'{"checkpoint": null}')
    with pytest.raises(Unfit, match="id"):
        checkpoint(b'{"checkpoint": {"status": "protecting"}}')


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (rb"\ud83d", "\ufffd"),
        (rb"a\ude00b", "a\ufffdb"),
        (rb"\ud83d\ude00", "😀"),
        (rb"\ud83d\ud83d\ude00", "\ufffd😀"),
        (rb"\\ud83d", "\\ud83d"),
        (rb"\u0000x", "\ufffdx"),
        (rb"\\u0000", "\\u0000"),
        (b"\xed\xa0\xbd", "\ufffd\ufffd\ufffd"),
        (b"\xff", "\ufffd"),
        (rb"\u202e", "\u202e"),
    ],
)
def test_characters_that_are_none_are_replaced(name: bytes, expected: str) -> None:
    found = vaults(b'{"vaults": [{"id": "v-1", "name": "' + name + b'"}]}', {})
    assert found.rows[0].name == expected


def test_a_byte_order_mark_is_no_harm() -> None:
    assert vaults(b'\xef\xbb\xbf{"vaults": []}', {}).rows == []


@pytest.mark.parametrize("count", [b"null", b'"7"', b"-1", b"1e400", b"[]", b"9" * 5000])
def test_an_odd_count_is_no_harm(count: bytes) -> None:
    assert vaults(b'{"vaults": [{"id": "v-1"}], "count": ' + count + b"}", {}).rows[0].id == "v-1"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error_code": "BackupService.9900", "error_msg": "Bad."}, Envelope("BackupService.9900", "Bad.")),
        ({"error_code": "APIGW.0301", "error_msg": "No.", "request_id": "ab"}, Envelope("APIGW.0301", "No.", "ab")),
        ({"error": {"code": 401, "message": "Wrong.", "title": "Unauthorized"}}, Envelope("401", "Wrong.")),
        (
            {"unauthorized": {"code": "401", "message": "Malformed request url"}},
            Envelope("401", "Malformed request url"),
        ),
        ({"error": {"code": "EPS.0003", "message": "..."}}, Envelope("EPS.0003", "...")),
        ({"errorCode": "X.1", "errorMsg": "camel"}, Envelope("X.1", "camel")),
        ({"message": "alone"}, Envelope("", "alone")),
        ({"error_code": ["x"], "error_msg": {}}, Envelope()),
        ({"error_code": None}, Envelope()),
        ([], Envelope()),
        ("text", Envelope()),
    ],
)
def test_refusals_in_every_shape(body: object, expected: Envelope) -> None:
    assert envelope(json.dumps(body).encode()) == expected


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b'{"error_code": ' + b"9" * 5000 + b"}", b"\xff"])
def test_a_refusal_that_cannot_be_read_is_empty(body: bytes) -> None:
    assert envelope(body) == Envelope()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def fields_of(body: bytes) -> list[str]:
    """Return the names of all fields that the example has, at any depth."""
    names: set[str] = set()

    def walk(tree: object) -> None:
        if isinstance(tree, dict):
            names.update(tree)
            for value in tree.values():
                walk(value)
        elif isinstance(tree, list):
            for value in tree:
                walk(value)

    walk(json.loads(body))
    return sorted(names)


EXAMPLES = {
    "vaults": examples("ListVault")[1],
    "backups": examples("ListBackups")[1],
    "operation_logs": examples("ListOpLogs")[1],
    "policies": examples("ListPolicies")[1],
    "instances": examples("ListProtectable")[1],
}


def replaced(tree: Any, name: str, value: object) -> Any:
    """Return the tree with ``value`` in place of every field called ``name``."""
    if isinstance(tree, dict):
        return {key: value if key == name else replaced(inner, name, value) for key, inner in tree.items()}
    return [replaced(inner, name, value) for inner in tree] if isinstance(tree, list) else tree


@settings(derandomize=True, max_examples=50, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("key", sorted(LISTS))
def test_any_value_in_any_field(key: str, data: st.DataObject) -> None:
    any_value_in_any_field(key, data)


def any_value_in_any_field(key: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(fields_of(EXAMPLES[key])))
    body = json.dumps(replaced(json.loads(EXAMPLES[key]), name, data.draw(json_values))).encode()
    try:
        page = LISTS[key](body, {})
    except Unfit:
        assert name in ("id", key)
    else:
        assert repr(page)
        json.dumps([repr(row) for row in page.rows]).encode("utf-8")


@settings(derandomize=True, max_examples=100, deadline=None)
@given(data=st.data())
def test_any_bytes(data: st.DataObject) -> None:
    any_bytes(data)


def any_bytes(data: st.DataObject) -> None:
    body = bytearray(examples("CreateCheckpoint")[0])
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=6))
    for read in (checkpoint, token, lambda each: vaults(each, {})):
        try:
            found = read(bytes(body))
        except Unfit:
            continue
        if isinstance(found, Checkpoint):
            assert found.id
            found.id.encode("utf-8")
    assert isinstance(envelope(bytes(body)), Envelope)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 1}',
        b'[{"b": {"c": 1, "c": 2}}]',
        b'{"a": NaN}',
        b"[Infinity, -Infinity]",
        b'"\xff"',
        b'\xef\xbb\xbf{"a": 1}',
        b"{} {}",
        b"",
        b"[" * 200_000,
    ],
)
def test_what_is_to_prove_something_is_read_to_the_letter(body: bytes) -> None:
    with pytest.raises(Unfit):
        strictly(body)


def test_valid_json_is_read_strictly_as_it_is() -> None:
    assert strictly('{"a": [1, "k\u00e4se", null, {"a": 2}]}'.encode()) == {"a": [1, "k\u00e4se", None, {"a": 2}]}


def test_one_backup_is_read_as_the_list_reads_it() -> None:
    """The answer of ShowBackup, and that of UpdateBackup, which is the same."""
    (recorded,) = examples("ShowBackup")
    found = backup(recorded)
    told = json.loads(recorded)["backup"]
    assert (found.id, found.name, found.status) == (told["id"], told["name"], told["status"])
    assert (found.vault_id, found.checkpoint_id, found.resource_id) == (
        told["vault_id"],
        told["checkpoint_id"],
        told["resource_id"],
    )
    with pytest.raises(Unfit):
        backup(b'{"backups": []}')


def test_an_answer_about_agents_may_leave_all_but_the_server_open() -> None:
    told = b'{"agent_status": [{"resource_id": "s", "installed": false, "is_old": null, "version": null}]}'
    assert agents(told) == [AgentState(ResourceId("s"), is_installed=False)]
    with pytest.raises(Unfit):
        agents(b'{"agents": []}')
