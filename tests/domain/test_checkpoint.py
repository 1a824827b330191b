"""The rules of a checkpoint's name, description and choices."""

import pytest

from cbr_desktop.domain.checkpoint import (
    CheckpointDraft,
    ResourceChoice,
    description_findings,
    draft_findings,
    forbidden_spans,
    name_findings,
    repaired_name,
)
from cbr_desktop.domain.finding import Finding, FindingKind, Severity
from cbr_desktop.domain.ids import ResourceId, VaultId, VolumeId
from cbr_desktop.domain.profile import NameRules

VAULT = VaultId("3b5816b5-f29c-4172-9d9a-76c719a659ce")
SERVER = ResourceId("94eba8b2-acc9-4d82-badc-127144cc5526")


def kinds(findings: list[Finding]) -> list[FindingKind]:
    return [finding.kind for finding in findings]


def choice(number: int) -> ResourceChoice:
    return ResourceChoice(ResourceId(f"00000000-0000-4000-8000-{number:012d}"), "OS::Nova::Server")


@pytest.mark.parametrize("name", ["", "a", "manualbk_vault-be94-7f3k", "A" * 64])
def test_names_that_every_region_takes(name: str) -> None:
    assert name_findings(name, NameRules.ASCII) == []


@pytest.mark.parametrize(
    ("name", "character", "position", "count"),
    [("backup.1", ".", 7, 1), (" x", " ", 1, 1), ("a b c", " ", 2, 2), ("até", "é", 3, 1), ("数据", "数", 1, 2)],
)
def test_the_first_forbidden_character_is_named_with_its_place(
    name: str, character: str, position: int, count: int
) -> None:
    (finding,) = name_findings(name, NameRules.ASCII)
    assert finding.kind is FindingKind.BAD_CHARACTER
    assert finding.severity is Severity.BLOCK
    assert finding.facts == {"character": character, "position": position, "count": count}


def test_ideographs_are_allowed_by_the_other_rule_set_alone() -> None:
    assert name_findings("数据-01", NameRules.CJK) == []
    assert kinds(name_findings("até", NameRules.CJK)) == [FindingKind.BAD_CHARACTER]


def test_length_is_counted_by_character_and_says_how_much_is_over() -> None:
    (finding,) = name_findings("x" * 70, NameRules.ASCII)
    assert finding.facts == {"length": 70, "limit": 64, "over": 6}
    assert name_findings("数" * 64, NameRules.CJK) == []


def test_a_description_outside_the_basic_plane_is_also_counted_as_utf_16() -> None:
    assert description_findings("🙂" * 127) == []
    (finding,) = description_findings("🙂" * 128)
    assert finding.kind is FindingKind.TOO_LONG


def test_a_name_with_several_backups_needs_room_for_their_numbers() -> None:
    assert name_findings("x" * 60, NameRules.ASCII, resource_count=1) == []
    (finding,) = name_findings("x" * 60, NameRules.ASCII, resource_count=2)
    assert (finding.kind, finding.severity) == (FindingKind.NAME_NO_ROOM_FOR_SUFFIX, Severity.WARN)


def test_a_name_that_looks_automatic_is_warned_of() -> None:
    (finding,) = name_findings("autobk_night", NameRules.ASCII)
    assert (finding.kind, finding.severity) == (FindingKind.NAME_LOOKS_AUTOMATIC, Severity.WARN)


@pytest.mark.parametrize("sign", ["<", ">"])
def test_angle_brackets_in_a_description_are_named(sign: str) -> None:
    (finding,) = description_findings(f"size {sign} 40")
    assert finding.facts["character"] == sign
    assert finding.facts["position"] == 6


def test_line_breaks_are_fine_and_other_control_characters_are_not() -> None:
    assert description_findings("before\nupgrade") == []
    (finding,) = description_findings("before\tupgrade")
    assert finding.facts == {"code_point": "U+0009", "position": 7}


def test_a_repaired_name_is_a_good_one() -> None:
    assert repaired_name("até 1.0", NameRules.ASCII) == "at--1-0"
    assert name_findings(repaired_name("<" * 99, NameRules.ASCII), NameRules.ASCII) == []


def test_the_offending_parts_of_a_name_can_be_marked() -> None:
    assert forbidden_spans("a.b.", NameRules.ASCII) == [(1, 2), (3, 4)]
    assert forbidden_spans("x" * 66, NameRules.ASCII) == [(64, 66)]


def judged(draft: CheckpointDraft, *, beta_fields: bool = False) -> list[FindingKind]:
    return kinds(draft_findings(draft, NameRules.ASCII, beta_fields=beta_fields))


def test_the_plainest_draft_is_in_order() -> None:
    assert judged(CheckpointDraft(VAULT)) == []


def test_a_draft_needs_a_vault_with_the_form_of_an_id() -> None:
    assert judged(CheckpointDraft(None)) == [FindingKind.NO_VAULT]
    assert judged(CheckpointDraft(VaultId("../other"))) == [FindingKind.BAD_ID]


def test_choosing_nothing_is_not_choosing_everything() -> None:
    assert judged(CheckpointDraft(VAULT, resources=())) == [FindingKind.NOTHING_CHOSEN]


def test_a_checkpoint_takes_256_resources() -> None:
    assert judged(CheckpointDraft(VAULT, resources=tuple(map(choice, range(256))))) == []
    (finding,) = draft_findings(
        CheckpointDraft(VAULT, resources=tuple(map(choice, range(300)))), NameRules.ASCII, beta_fields=False
    )
    assert finding.kind is FindingKind.TOO_MANY_RESOURCES
    assert finding.facts == {"count": 300, "limit": 256}


def test_a_resource_is_named_once_and_by_an_id() -> None:
    assert judged(CheckpointDraft(VAULT, resources=(choice(1), choice(1)))) == [FindingKind.DUPLICATE_RESOURCE]
    bad = ResourceChoice(ResourceId("ecs-1"), "OS::Nova::Server")
    assert judged(CheckpointDraft(VAULT, resources=(bad,))) == [FindingKind.BAD_ID]
    volume = ResourceChoice(SERVER, "OS::Nova::Server", exclude_volumes=(VolumeId("vda"),))
    assert judged(CheckpointDraft(VAULT, resources=(volume,))) == [FindingKind.BAD_ID]


def test_retention_has_its_bounds_and_its_rival() -> None:
    assert judged(CheckpointDraft(VAULT, retention_days=-1), beta_fields=True) == []
    assert judged(CheckpointDraft(VAULT, retention_days=36500), beta_fields=True) == []
    assert judged(CheckpointDraft(VAULT, retention_days=0), beta_fields=True) == [FindingKind.RETENTION_RANGE]
    both = judged(CheckpointDraft(VAULT, retention_days=7, auto_trigger=True), beta_fields=True)
    assert both == [FindingKind.RETENTION_WITH_AUTO, FindingKind.AUTO_TRIGGER_ON]


def test_a_field_of_some_regions_is_warned_of_elsewhere() -> None:
    assert judged(CheckpointDraft(VAULT, retention_days=7)) == [FindingKind.BETA_FIELD]
