"""Creation of policies: what is accepted and refused."""

from typing import Any

import pytest

from cbr_desktop.simulator.estate import DEMO_PROJECT_ID
from cbr_desktop.simulator.faults import ConnectionCut, Fault

DAILY = "FREQ=DAILY;INTERVAL=1;BYHOUR={};BYMINUTE={}"
WEEKLY = "FREQ=WEEKLY;BYDAY={};BYHOUR={};BYMINUTE={}"
EVERY_DAY = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=14;BYMINUTE=00"
TARGET = {"destination_region": "eu-nl", "destination_project_id": "fcf6cb26c3bf4402869792207ad3dce4"}


def code(body: dict[str, Any]) -> str:
    return str(body["error_code"]).removeprefix("BackupService.")


def create(cloud: Any, status: int = 200, patterns: Any = (EVERY_DAY,), keeps: Any = None, **keys: Any) -> Any:
    """Create a policy; `keeps` is its operation_definition. The answer's `policy`, or the body of a refusal."""
    trigger = {"properties": {"pattern": list(patterns) if isinstance(patterns, tuple) else patterns}}
    policy = {"name": "policy001", "trigger": trigger, "operation_definition": {} if keeps is None else keeps}
    body = cloud.cbr("POST", "policies", status, json={"policy": policy | keys})
    return body.get("policy", body)


def without(cloud: Any, key: str) -> Any:
    """The refusal of a policy that lacks a key."""
    policy = {"name": "a", "trigger": {"properties": {"pattern": [EVERY_DAY]}}, "operation_definition": {}}
    del policy[key]
    return cloud.cbr("POST", "policies", 400, json={"policy": policy})


def test_published_example_is_answered_like_the_example(cloud):
    cloud.modes.otc = True
    keeps = {"day_backups": 0, "month_backups": 0, "retention_duration_days": 1, "timezone": "UTC+08:00"}
    policy = create(cloud, keeps=keeps, operation_type="backup", enabled=True)
    assert policy == {
        "id": policy["id"],
        "name": "policy001",
        "enabled": True,
        "operation_type": "backup",
        "operation_definition": keeps,
        "trigger": {
            "id": policy["trigger"]["id"],
            "name": "default",
            "type": "time",
            "properties": {"pattern": [EVERY_DAY], "start_time": "2026-05-04 09:00:00"},
        },
        "associated_vaults": None,
    }


def test_recorded_answer_has_two_keys_more(cloud):
    policy = create(cloud, keeps={"retention_duration_days": 30})
    assert policy["operation_definition"] == {
        "retention_duration_days": 30,
        "full_backup_interval": -1,
        "created_by": "customer",
    }


def test_created_policy_is_listed_with_an_empty_list_of_vaults(cloud):
    policy = create(cloud)
    shown = cloud.get(f"policies/{policy['id']}")["policy"]
    assert shown == policy | {"associated_vaults": []}
    listed = cloud.get("policies")
    assert listed["count"] == 7
    assert shown in listed["policies"]
    assert cloud.get("policies", vault_id=cloud.vault("vault-be94").id)["count"] == 0


def test_type_and_switch_may_be_left_out(cloud):
    policy = create(cloud)
    assert (policy["operation_type"], policy["enabled"]) == ("backup", True)
    assert create(cloud, enabled=False)["enabled"] is False


def test_name_need_not_be_unique(cloud):
    assert create(cloud)["id"] != create(cloud)["id"]


def test_created_policy_makes_no_backups(cloud):
    cloud.estate.policies.clear()
    create(cloud, patterns=(DAILY.format(10, "00"),))
    before = cloud.get("backups")["count"]
    cloud.clock.advance(2 * 3600)
    assert cloud.get("backups")["count"] == before


@pytest.mark.parametrize("name", ["", "a b", "Zürich", "x" * 65, 7, None])
def test_offending_names_are_refused_with_9900(cloud, name):
    assert create(cloud, 400, name=name)["error_msg"] == "Invalid name provided."


def test_ideographs_are_letters_except_in_otc(cloud):
    assert create(cloud, name="每天")["name"] == "每天"
    cloud.modes.otc = True
    assert code(create(cloud, 400, name="每天")) == "9900"


@pytest.mark.parametrize("key", ["name", "trigger", "operation_definition"])
def test_required_keys(cloud, key):
    assert without(cloud, key)["error_msg"] == f"Invalid {key} provided."


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"policy": null}', b'{"policy": {"trigger": 1}}'])
def test_unreadable_bodies_are_refused_with_9900(cloud, content):
    assert code(cloud.cbr("POST", "policies", 400, content=content)) == "9900"


@pytest.mark.parametrize(
    "keys",
    [
        {"operation_type": "copy"},
        {"operation_type": 1},
        {"enabled": "true"},
        {"trigger": {}},
        {"trigger": {"properties": {}}},
        {"trigger": {"properties": "daily"}},
        {"operation_definition": []},
    ],
)
def test_offending_values_are_refused_with_9900(cloud, keys):
    assert code(create(cloud, 400, **keys)) == "9900"


@pytest.mark.parametrize(
    "pattern",
    [
        "FREQ=DAILY;INTERVAL=1;BYHOUR=6;BYMINUTE=00",
        "FREQ=DAILY;INTERVAL=30;BYHOUR=06;BYMINUTE=5",
        "FREQ=WEEKLY;BYDAY=SU,MO;BYHOUR=0;BYMINUTE=59",
        "FREQ=WEEKLY;BYDAY=MO,MO;BYHOUR=23;BYMINUTE=00",
    ],
)
def test_patterns_that_are_understood(cloud, pattern):
    assert create(cloud, patterns=(pattern,))["trigger"]["properties"]["pattern"] == [pattern]


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "FREQ=DAILY;BYHOUR=6;BYMINUTE=00",
        "FREQ=DAILY;INTERVAL=0;BYHOUR=6;BYMINUTE=00",
        "FREQ=DAILY;INTERVAL=31;BYHOUR=6;BYMINUTE=00",
        "FREQ=WEEKLY;BYHOUR=6;BYMINUTE=00",
        "FREQ=WEEKLY;BYDAY=MO;TU;BYHOUR=6;BYMINUTE=00",
        "FREQ=WEEKLY;BYDAY=MON;BYHOUR=6;BYMINUTE=00",
        "FREQ=WEEKLY;BYDAY=MO;BYHOUR=24;BYMINUTE=00",
        "FREQ=WEEKLY;BYDAY=MO;BYHOUR=6;BYMINUTE=60",
        "FREQ=WEEKLY;BYDAY=MO;BYHOUR=6,7;BYMINUTE=00",
        "FREQ=HOURLY;BYMINUTE=00",
        "FREQ=WEEKLY;BYDAY=MO;BYHOUR=6;BYMINUTE=00 ",
        6,
    ],
)
def test_patterns_that_are_not_understood(cloud, pattern):
    assert create(cloud, 400, patterns=(pattern,))["error_msg"] == "Invalid pattern provided."


def test_one_to_twenty_four_patterns(cloud):
    hours = tuple(DAILY.format(hour, "00") for hour in range(24))
    assert len(create(cloud, patterns=hours)["trigger"]["properties"]["pattern"]) == 24
    week = tuple(WEEKLY.format(day, hour, "00") for day in ("MO", "TU") for hour in range(13))
    create(cloud, patterns=week[:24])
    assert code(create(cloud, 400, patterns=week[:25])) == "9900"
    assert code(create(cloud, 400, patterns=())) == "9900"
    assert code(create(cloud, 400, patterns=EVERY_DAY)) == "9900"


@pytest.mark.parametrize(
    ("patterns", "status"),
    [
        ((DAILY.format(6, "00"), DAILY.format(7, "00")), 200),
        ((DAILY.format(6, "00"), DAILY.format(6, "59")), 400),
        ((DAILY.format(6, "00"), DAILY.format("06", "00")), 400),
        ((DAILY.format(23, "30"), DAILY.format(0, "00")), 400),
        ((DAILY.format(23, "00"), DAILY.format(0, "00")), 200),
        ((WEEKLY.format("MO,WE", 6, "00"), WEEKLY.format("TU,TH", 6, "30")), 200),
        ((WEEKLY.format("MO,WE", 6, "00"), WEEKLY.format("WE", 6, "30")), 400),
        ((WEEKLY.format("SU", 23, "30"), WEEKLY.format("MO", 0, "15")), 400),
        ((WEEKLY.format("MO", 23, "30"), WEEKLY.format("TU", 0, "15")), 400),
        ((WEEKLY.format("FR", 6, "00"), DAILY.format(6, "45")), 400),
        ((WEEKLY.format("FR", 6, "00"), DAILY.format(7, "00")), 200),
    ],
)
def test_time_points_are_an_hour_apart(cloud, patterns, status):
    answer = create(cloud, status, patterns=patterns)
    assert status == 200 or answer["error_msg"] == "Invalid pattern provided."


@pytest.mark.parametrize("key", ["max_backups", "retention_duration_days"])
def test_number_and_time_of_backups_kept(cloud, key):
    for number in (-1, 1, 99999):
        assert create(cloud, keeps={key: number})["operation_definition"][key] == number
    for number in (-2, 0, 100000, "7", True, 1.5):
        assert create(cloud, 400, keeps={key: number})["error_msg"] == f"Invalid {key} provided."


@pytest.mark.parametrize("key", ["day_backups", "week_backups", "month_backups", "year_backups"])
def test_long_term_backups_need_a_timezone(cloud, key):
    for number in (1, 100):
        assert create(cloud, 400, keeps={key: number})["error_msg"] == "Invalid timezone provided."
        kept = create(cloud, keeps={key: number, "timezone": "UTC+08:00"})["operation_definition"]
        assert (kept[key], kept["timezone"]) == (number, "UTC+08:00")
    create(cloud, keeps={key: 0})
    for number in (-1, 101, "1", False):
        assert create(cloud, 400, keeps={key: number})["error_msg"] == f"Invalid {key} provided."


@pytest.mark.parametrize("timezone", ["", "Europe/Berlin", "UTC+8", "UTC+08:00 ", "utc+08:00", 8])
def test_timezone_is_an_offset(cloud, timezone):
    assert create(cloud, 400, keeps={"timezone": timezone})["error_msg"] == "Invalid timezone provided."


def test_full_backups_now_and_then(cloud):
    for number in (-1, 0, 100):
        kept = create(cloud, keeps={"full_backup_interval": number})["operation_definition"]
        assert kept["full_backup_interval"] == number
    for number in (-2, 101, True):
        assert code(create(cloud, 400, keeps={"full_backup_interval": number})) == "9900"


def test_in_otc_days_exclude_numbers(cloud):
    days, zone = {"retention_duration_days": 30}, {"timezone": "UTC+01:00"}
    create(cloud, keeps=days | {"max_backups": 7})
    cloud.modes.otc = True
    assert code(create(cloud, 400, keeps=days | {"max_backups": 7})) == "9900"
    assert code(create(cloud, 400, keeps=days | zone | {"year_backups": 1})) == "9900"
    create(cloud, keeps=days | {"max_backups": -1, "day_backups": 0, "year_backups": 0})
    create(cloud, keeps=zone | {"retention_duration_days": -1, "max_backups": 7, "day_backups": 7})


def test_replication_needs_a_destination(cloud):
    keeps = {"retention_duration_days": 30, **TARGET}
    policy = create(cloud, keeps=keeps, operation_type="replication")
    assert policy["operation_type"] == "replication"
    assert policy["operation_definition"].items() >= keeps.items()
    for key in TARGET:
        lacking = {name: value for name, value in keeps.items() if name != key}
        refused = create(cloud, 400, keeps=lacking, operation_type="replication")
        assert refused["error_msg"] == f"Invalid {key} provided."
        assert code(create(cloud, 400, keeps=keeps | {key: "a b"}, operation_type="replication")) == "9900"


def test_unknown_keys_are_ignored_or_refused(cloud):
    assert "priority" not in create(cloud, priority=1, keeps={"priority": 1})["operation_definition"]
    cloud.modes.unknown_keys = "refuse"
    create(cloud)
    properties = {"pattern": [EVERY_DAY]}
    for keys in (
        {"priority": 1},
        {"keeps": {"priority": 1}},
        {"trigger": {"properties": properties, "priority": 1}},
        {"trigger": {"properties": properties | {"priority": 1}}},
    ):
        assert create(cloud, 400, **keys)["error_msg"] == "invalid key priority"


RULES = {
    "weekly": {"days_of_week": ["SU"], "retention_duration_periods": 52},
    "monthly": {"days_of_month": [1, -1], "retention_duration_periods": 12, "retention_type": "Monthly"},
    "yearly": {"retention_months": ["January"], "retention_weeks": ["First"], "retention_type": "Weekly"},
}
WINDOW = {"trigger": {"properties": {"pattern": [EVERY_DAY], "start_window_minutes": 60}}}


def test_fields_in_public_test(cloud):
    keeps = {"advanced_retention_rules": RULES, "enable_acceleration": True, **TARGET}
    policy = create(cloud, keeps=keeps, operation_type="replication", **WINDOW)
    assert policy["operation_definition"]["advanced_retention_rules"] == RULES
    assert "enable_acceleration" not in policy["operation_definition"]
    assert policy["trigger"]["properties"]["start_window_minutes"] == 60
    assert cloud.get(f"policies/{policy['id']}")["policy"]["trigger"] == policy["trigger"]


@pytest.mark.parametrize(
    "keys",
    [
        {"keeps": {"advanced_retention_rules": RULES}},
        {"keeps": {"enable_acceleration": False}},
        WINDOW,
    ],
)
@pytest.mark.parametrize("mode", ["beta_fields", "otc"])
def test_fields_in_public_test_are_unknown_to_some_regions(cloud, keys, mode):
    setattr(cloud.modes, mode, mode == "otc")
    assert create(cloud, 400, **keys)["error_msg"].startswith("invalid key ")


@pytest.mark.parametrize(
    "rules",
    [
        [],
        {"weekly": 52},
        {"weekly": {"retention_duration_periods": 5201}},
        {"monthly": {"retention_duration_periods": 1201}},
        {"yearly": {"retention_duration_periods": 101}},
        {"weekly": {"retention_duration_periods": -2}},
        {"weekly": {"days_of_week": "SU"}},
        {"monthly": {"days_of_month": [29]}},
        {"monthly": {"retention_type": "Daily"}},
        {"yearly": {"retention_months": 1}},
    ],
)
def test_offending_retention_rules_are_refused_with_9900(cloud, rules):
    refused = create(cloud, 400, keeps={"advanced_retention_rules": rules})
    assert refused["error_msg"] == "Invalid advanced_retention_rules provided."


@pytest.mark.parametrize("minutes", [59, 481, "60", True])
def test_offending_start_windows_are_refused_with_9900(cloud, minutes):
    trigger = {"properties": {"pattern": [EVERY_DAY], "start_window_minutes": minutes}}
    assert create(cloud, 400, trigger=trigger)["error_msg"] == "Invalid start_window_minutes provided."


def test_start_window_may_be_null(cloud):
    trigger = {"properties": {"pattern": [EVERY_DAY], "start_window_minutes": None}}
    assert "start_window_minutes" not in create(cloud, trigger=trigger)["trigger"]["properties"]


def test_thirty_two_policies_of_a_type(cloud):
    for _ in range(32 - 5):
        create(cloud)
    assert code(create(cloud, 400)) == "6001"
    assert cloud.get("policies", operation_type="backup")["count"] == 32
    create(cloud, keeps=TARGET, operation_type="replication")


def test_creation_needs_a_permission(cloud):
    cloud.modes.forbidden.add("cbr:policies:create")
    refused = create(cloud, 403)
    assert refused["forbidden"]["message"] == "Policy doesn't allow cbr:policies:create to be performed."
    assert cloud.get("policies")["count"] == 6


@pytest.mark.parametrize(("when", "done"), [("before", False), ("during", True), ("after", True)])
def test_cut_creation_is_done_or_not(cloud, when, done):
    cloud.service.faults.add(Fault(method="POST", path="/policies", when=when))
    with pytest.raises(ConnectionCut):
        create(cloud)
    assert cloud.get("policies")["count"] == (7 if done else 6)


def test_gateway_timeout_after_the_creation(cloud):
    body = b'{"error_code":"APIGW.0201","error_msg":"Backend timeout.","request_id":"0"}'
    cloud.service.faults.add(Fault(method="POST", kind="status", when="after", status=504, body=body))
    assert create(cloud, 504)["error_code"] == "APIGW.0201"
    assert cloud.get("policies")["count"] == 7


def test_policy_belongs_to_its_project(cloud):
    create(cloud)
    other = next(each for each in cloud.estate.projects if each.id != DEMO_PROJECT_ID)
    assert "policy001" not in {each.name for each in cloud.estate.of(other.id).policies.values()}
