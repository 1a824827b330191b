"""The fault of the catalogue that is about request files that harm their reader, by number: 89; and their judgement."""

import json

import pytest

from cbr_desktop.domain import draft, foreign, jsontext, plan, request
from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice, draft_findings
from cbr_desktop.domain.finding import ALIKE, Finding, FindingKind, JsonFault, Severity
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.profile import NameRules
from tests.domain.test_request import SERVER, VAULT, VOLUME, with_parameters


def read(value: object) -> list[Finding]:
    return request.read(json.dumps(value).encode())[1]


def detail(**changes: object) -> dict[str, object]:
    made = {"id": SERVER, "type": "OS::Nova::Server", **changes}
    return with_parameters(resource_details=[made])


class Counted(str):
    """A key that counts how often it is compared."""

    compared = 0
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


# 89: bounded in time and memory


def test_fault_89_keys_that_stand_twice_are_counted_in_one_pass() -> None:
    keys = [Counted(f"k{number}") for number in range(2_000)]
    findings: list[Finding] = []
    Counted.compared = 0
    request.checked_object([(key, 1) for key in (*keys, *keys)], findings)
    assert len(findings) == 2_000
    assert Counted.compared < 20 * len(keys)


def test_fault_89_a_file_full_of_keys_that_stand_twice_is_told_in_one_line() -> None:
    inside = ",".join(f'"k{number}":1,"k{number}":2' for number in range(12_000))
    document, findings = request.read(f'{{"checkpoint":{{{inside}}}}}'.encode())
    assert document is None
    finding = only(findings, FindingKind.DUPLICATE_KEY)
    assert (finding.facts["path"], finding.facts["more"]) == ("k0", 11_999)
    assert len(findings) < ALIKE


NEEDLESS = [
    (b"[" + b"1," * request.PART_LIMIT + b"1]", JsonFault.TOO_MANY),
    (b'{"a":[' + b"[]," * request.PART_LIMIT + b"1]}", JsonFault.TOO_MANY),
    (b"{}" * 2_000_000, JsonFault.TOO_MANY),
    (b'""' * 2_000_000, JsonFault.TOO_MANY),
    (b"]" * 4_000_000, JsonFault.TOO_MANY),
    (b"\n" * 4_000_000, JsonFault.TOO_MANY),
    (b"[" * 4_000_000, JsonFault.TOO_DEEP),
    (b'{"a":' * 40 + b"1" + b"}" * 40, JsonFault.TOO_DEEP),
]


# tests/reliability/giants tells how much memory it takes
@pytest.mark.parametrize(("data", "fault"), NEEDLESS)
def test_fault_89_what_no_request_needs_is_refused_before_it_is_parsed(data: bytes, fault: JsonFault) -> None:
    document, (finding,) = request.read(data)
    assert document is None
    assert (finding.kind, finding.facts["fault"]) == (FindingKind.NOT_JSON, fault)


def test_fault_89_half_a_text_is_gone_through_once() -> None:
    assert jsontext.measure('"' + '\\"' * 2_000_000, 9, 9) == (0, 1)


def test_fault_89_the_largest_request_that_there_can_be_is_read() -> None:
    volumes = [{"id": VOLUME} for _ in range(60)]
    extra = {"exclude_volumes": [VOLUME] * 60, "include_volumes": volumes}
    details = [{"id": SERVER, "type": "OS::Nova::Server", "name": "n" * 255, "extra_info": extra} for _ in range(256)]
    document, findings = request.read(json.dumps(with_parameters(resource_details=details), indent=4).encode())
    assert document is not None
    assert findings == []


def test_fault_89_a_plan_is_bounded_as_well() -> None:
    read, (found,) = plan.read(b'{"plan":[' + b"1," * plan.PART_LIMIT + b"1]}")
    assert read is None
    assert (found.finding.kind, found.finding.facts["fault"]) == (FindingKind.NOT_JSON, JsonFault.TOO_MANY)


# our words for what is no JSON


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ('{"checkpoint": {}}'.encode("utf-16"), JsonFault.UTF_16),
        ('{"checkpoint": {}}'.encode("utf-16-le"), JsonFault.UTF_16),
        ('{"checkpoint": {}}'.encode("utf-16-be"), JsonFault.UTF_16),
        ('{"checkpoint": {}}'.encode("utf-32"), JsonFault.UTF_16),
        (b'{"name": "\xfc"}', JsonFault.NOT_UTF_8),
        (b'{"a": ' + b"1" * 5_000 + b"}", JsonFault.NUMBER),
        (b'{"a": 1e999}', JsonFault.NUMBER),
        (b'{"a": -Infinity}', JsonFault.NUMBER),
        (b'{"a": NaN}', JsonFault.NUMBER),
        (b'{"a": }', JsonFault.SYNTAX),
        (b"", JsonFault.SYNTAX),
    ],
)
def test_what_is_wrong_with_a_file_that_is_no_json_is_told_by_kind(data: bytes, fault: JsonFault) -> None:
    document, (finding,) = request.read(data)
    assert document is None
    assert (finding.kind, finding.facts["fault"]) == (FindingKind.NOT_JSON, fault)
    assert bool(finding.facts["detail"]) is (fault is JsonFault.SYNTAX)


@pytest.mark.parametrize("data", [b'{"a": 1e999}', b"[" * 50, b'{"checkpoint": {"a": ' + b"1" * 5_000 + b"}}"])
def test_a_request_from_elsewhere_is_refused_for_the_same_reasons(data: bytes) -> None:
    found = foreign.foreign(data)
    assert found.text is None
    assert found.notes[0].what in list(JsonFault)


# what is judged in a file


def only(findings: list[Finding], kind: FindingKind) -> Finding:
    (found,) = [finding for finding in findings if finding.kind is kind]
    return found


def test_an_empty_name_is_not_the_same_as_none() -> None:
    finding = only(read(with_parameters(name="")), FindingKind.NAME_EMPTY)
    assert (finding.severity, finding.facts["path"]) == (Severity.BLOCK, "checkpoint.parameters.name")
    assert read(with_parameters()) == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"checkpoint":{"parameters":{"name":"a\\ud83d"}}}', "checkpoint.parameters.name"),
        ('{"checkpoint":{"parameters":{"description":"\\uDC00a"}}}', "checkpoint.parameters.description"),
        ('{"checkpoint":{"parameters":{"new":{"a":["b","\\ud83d"]}}}}', "checkpoint.parameters.new.a[1]"),
        ('{"checkpoint":{"parameters":{"new":{"\\ud83d":1}}}}', "checkpoint.parameters.new"),
        ('{"checkpoint":{"vault_id":"v"},"ticket":"\\ud83d\\ud83d"}', "ticket"),
        ('{"checkpoint":{"vault_id":"v"},"ticket":"\ud83d"}', "ticket"),
    ],
)
def test_half_a_character_is_named_wherever_it_stands(text: str, path: str) -> None:
    _, findings = draft.read(text)
    finding = only(findings, FindingKind.HALF_CHARACTER)
    assert (finding.severity, finding.facts["path"]) == (Severity.BLOCK, path)
    assert str(finding.facts["code_point"]) in ("U+D83D", "U+DC00")


def test_a_whole_character_in_two_escapes_is_none() -> None:
    _, findings = draft.read('{"checkpoint":{"vault_id":"v"},"ticket":"\\ud83d\\ude00 😀"}')
    assert findings == []


def test_a_resource_type_that_nobody_knows_is_told() -> None:
    finding = only(read(detail(type="OS::Moon::Base")), FindingKind.TYPE_UNKNOWN)
    assert (finding.severity, finding.facts["found"]) == (Severity.WARN, "OS::Moon::Base")
    assert finding.facts["path"] == "checkpoint.parameters.resource_details[0].type"
    assert read(detail()) == []


def test_a_resource_name_over_its_length_is_told() -> None:
    finding = only(read(detail(name="n" * 256)), FindingKind.TOO_LONG)
    assert (finding.severity, finding.facts["over"]) == (Severity.BLOCK, 1)
    assert finding.facts["path"] == "checkpoint.parameters.resource_details[0].name"
    assert read(detail(name="n" * 255)) == []


@pytest.mark.parametrize("key", ["resources", "resource_details"])
def test_an_empty_list_of_resources_says_that_it_means_the_whole_vault(key: str) -> None:
    finding = only(read(with_parameters(**{key: []})), FindingKind.WHOLE_VAULT)
    assert (finding.severity, finding.facts["path"]) == (Severity.WARN, f"checkpoint.parameters.{key}")


def judged(*ids: str) -> list[Finding]:
    choices = tuple(ResourceChoice(ResourceId(id), "") for id in ids)
    return draft_findings(CheckpointDraft(VAULT, name="n", resources=choices), NameRules.ASCII, beta_fields=False)


@pytest.mark.parametrize("other", [SERVER.upper(), SERVER.replace("-", ""), SERVER.title()])
def test_one_id_in_two_spellings_is_one_resource_named_twice(other: str) -> None:
    finding = only(judged(SERVER, other), FindingKind.DUPLICATE_RESOURCE)
    assert (finding.severity, finding.facts["other"]) == (Severity.BLOCK, SERVER)
    assert only(judged(SERVER, SERVER), FindingKind.DUPLICATE_RESOURCE).facts["other"] == ""


def test_thousands_of_equal_faults_are_one_line_with_a_count() -> None:
    (finding,) = read(with_parameters(resources=[7] * 10_000))
    assert (finding.facts["path"], finding.facts["more"]) == ("checkpoint.parameters.resources[0]", 9_999)
    findings = judged(*(f"no-id-{number}" for number in range(5_000)))
    assert only(findings, FindingKind.BAD_ID).facts["more"] == 4_999
    findings = judged(*[SERVER] * 5_000)
    assert only(findings, FindingKind.DUPLICATE_RESOURCE).facts["more"] == 4_998


def test_a_few_equal_faults_stay_each_for_itself() -> None:
    findings = read(with_parameters(resources=[7] * ALIKE))
    assert [finding.facts["path"] for finding in findings] == [
        f"checkpoint.parameters.resources[{number}]" for number in range(ALIKE)
    ]
    assert VaultId(VAULT)
