"""Words: everything that can happen has a sentence of its own, and foreign text cannot break one."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from enum import Enum

import pytest
from msgspec.structs import replace

from cbr_desktop.domain import error as errors
from cbr_desktop.domain.backup import BackupStatus
from cbr_desktop.domain.change import checkpoint_change
from cbr_desktop.domain.checkpoint import CheckpointStatus
from cbr_desktop.domain.enterprise_project import Hindrance
from cbr_desktop.domain.error import CbrError, Refused
from cbr_desktop.domain.finding import Finding, FindingKind, JsonFault, RequestPart, Severity, block, folded, info, warn
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState, Origin, Refusal, Target
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.retention import Transition
from cbr_desktop.domain.task import TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectStatus, ProtectType, ResourceType, VaultKind, VaultStatus
from cbr_desktop.text.codes import codes, explain
from cbr_desktop.text.errors import error_sentence, refusal_sentence
from cbr_desktop.text.estimates import estimate_sentence
from cbr_desktop.text.findings import finding_sentence, findings_sentence, verdict_sentence
from cbr_desktop.text.intents import intent_sentence, names_words, outcome_text, request_stand_words
from cbr_desktop.text.operations.create_checkpoint import outcome_sentence
from cbr_desktop.text.request_findings import template_sentence
from cbr_desktop.text.requests import waiting_words
from cbr_desktop.text.states import (
    clock_words,
    counted,
    duration_words,
    gb_words,
    grouped,
    percent_words,
    protect_words,
    shown,
    state_words,
    status_words,
    utc_words,
    whole_times,
)
from cbr_desktop.text.words import Times
from cbr_desktop.workflows.preflight import Addition, Basis, Estimate, Preflight
from tests.stage import StageClock

NOW = datetime(2026, 8, 22, 3, 4, 31, tzinfo=UTC)
WORDS: list[type[Enum]] = [
    VaultStatus,
    VaultKind,
    ProtectType,
    ProtectStatus,
    ResourceType,
    BackupStatus,
    CheckpointStatus,
    TaskStatus,
    TaskType,
    IntentState,
    Fate,
    Severity,
    RequestPart,
    NameRules,
    JsonFault,
]
FACTS: dict[str, object] = {
    "operation": "DeleteBackup",
    "lasts": 90,
    "when": datetime(2026, 8, 22, 3, 4, 31, tzinfo=UTC),
    "after": 2,
    "profile": "Prod",
    "known": "DeleteBackup, CreatePolicy",
    "line": 3,
    "column": 7,
    "fault": JsonFault.SYNTAX,
    "detail": "Expecting value",
    "written": "y",
    "other": "z",
    "size": 13_000_000,
    "limit": 64,
    "path": "checkpoint.vault_id",
    "key": "env",
    "value": "prod",
    "found": "x",
    "expected": "text",
    "length": 70,
    "over": 6,
    "character": ".",
    "position": 9,
    "count": 1,
    "code_point": "U+0009",
    "name": "nightly",
    "backup": "nightly-1",
    "first": "01:00",
    "second": "01:30",
    "low": 0,
    "high": 100,
    "id": "3b58",
    "vault": "vault-1",
    "status": VaultStatus.FROZEN,
    "ours": False,
    "state": IntentState.UNKNOWN,
    "progress": 40,
    "used_percent": 145.0,
    "free_gb": 3.2,
    **dict.fromkeys(("used_gb", "allocated_gb", "then_gb", "some", "threshold"), 7),
    "upper_gb": 310.0,
    "cloud_type": "hybrid",
    "resource": "ecs-1",
    "other_vault": "vault-2",
    "reason": "no",
    "size_gb": 5000,
    "limit_gb": 4096,
    "excluded": 1,
    "disks": 3,
    "resources": ["a", "b", "c", "d"],
    "age": timedelta(hours=3),
    "from_cache": True,
    "policy": "nightly",
    "transition": Transition.NUMBER_TO_TIME,
    "names": ["max_backups"],
    "since": NOW,
    "last": NOW,
    "problem": "no-ticket",
    "part": "tikcet",
    "image": "img-1",
    "region": "eu-nl",
    "holds": VaultKind.DISK,
    "type": ResourceType.SERVER,
    "auto_expand": False,
    "disk": "d-1",
    "target": "vault-3",
    "moved_gb": 12.5,
    "backups": 4,
    "vaults": 2,
    "idle": [],
    "is_on": True,
    "saved_gb": 40,
    "rule": "too_small",
    "day": "2027-03-01",
    "zone": "UTC+08:00",
    "hindrance": Hindrance.NO_ENDPOINT.value,
}


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.__name__)
def test_every_word_of_the_service_has_words_of_its_own(words: type[Enum]) -> None:
    assert len({status_words(member) for member in words}) == len(words)


def test_equal_findings_are_counted_in_words() -> None:
    findings = [block(FindingKind.DUPLICATE_KEY, RequestPart.FILE, path=f"k{number}") for number in range(12_000)]
    (finding,) = folded(findings)
    assert finding_sentence(finding).endswith(f"{grouped(11_999)} more are like this one.")


def test_an_unknown_word_is_shown_and_said_to_be_unknown() -> None:
    assert status_words("archiving") == "archiving (unknown to this version)"
    assert status_words(None) == "Unknown"
    assert protect_words(None) == "Never backed up"
    assert protect_words("meditating") == "meditating (unknown to this version)"


def test_every_finding_has_a_sentence_of_its_own() -> None:
    said = {kind: finding_sentence(block(kind, RequestPart.NAME, **FACTS)) for kind in FindingKind}
    assert [text for text, count in Counter(said.values()).items() if count > 1] == []
    for kind, text in said.items():
        assert text.endswith("."), kind
        assert "{" not in text, kind
        assert len(text) > 25, kind


@pytest.mark.parametrize(
    ("finding", "sentence"),
    [
        (
            block(FindingKind.TOO_LONG, RequestPart.NAME, length=70, limit=64, over=6),
            "The name has 70 characters, 6 more than the 64 allowed. Shorten it.",
        ),
        (
            block(FindingKind.BAD_CHARACTER, RequestPart.NAME, character=".", position=9, count=1),
            "‘.’ at position 9 is not allowed in a name (letters a to z, digits, _ and - are). Replace it.",
        ),
        (
            block(FindingKind.BAD_CHARACTER, RequestPart.NAME, character=" ", position=1, count=2, rules=NameRules.CJK),
            "A space at position 1 is not allowed in a name (letters a to z, digits, _, - and Chinese characters are)."
            " Replace it. There are 2 such characters.",
        ),
        (
            block(FindingKind.FOREIGN_RESOURCE, RequestPart.RESOURCES, resource="a", vault="v", other_vault=None),
            "Resource ‘a’ is not in vault ‘v’ and in no other known vault."
            " Take it out, or associate it with the vault first.",
        ),
        (
            warn(FindingKind.VAULT_FULL, RequestPart.VAULT, vault="v", used_percent=145.0),
            "Vault ‘v’ is full: 145 % used. It expands by itself, but an expansion that comes too late does not save"
            " this checkpoint.",
        ),
        (
            info(FindingKind.VAULT_BUSY, RequestPart.VAULT, vault="v", ours=True, progress=None),
            "Another request of yours for vault ‘v’ is under way. This one waits for it, then is sent by itself.",
        ),
        (
            warn(FindingKind.VAULT_STATUS, RequestPart.VAULT, vault="v", status="archiving"),
            "Vault ‘v’ is in the state ‘archiving (unknown to this version)’, so the service may refuse."
            " Look at the vault in the console if you are unsure.",
        ),
        (
            info(FindingKind.FIRST_BACKUP_FULL, RequestPart.TYPE, resources=["a", "b", "c", "d", "e"]),
            "First backup of ‘a’, ‘b’, ‘c’ and 2 more: it will be full, whatever type is chosen.",
        ),
    ],
)
def test_findings_say_what_where_and_what_to_do(finding: Finding, sentence: str) -> None:
    assert finding_sentence(finding) == sentence


ERRORS: list[CbrError] = [
    errors.Unreachable("cbr.example.com", "refused"),
    errors.Unreachable("cbr.example.com", "", "name"),
    errors.Unreachable("cbr.example.com", "", "tls"),
    errors.Unreachable("cbr.example.com", "", "proxy"),
    errors.NoAnswer("cbr.example.com", "timeout"),
    errors.BadAnswer("cbr.example.com", "checkpoint.id", 200, "req-1"),
    errors.Redirected("cbr.example.com", "https://elsewhere"),
    errors.SignInPage("cbr.example.com"),
    errors.Refused("cbr.example.com", status=400, code="BackupService.6113", message="no", request_id="req-1"),
    errors.LoginRefused("iam.example.com", status=401, code="401", message="wrong"),
    errors.Forbidden("cbr.example.com", status=403, code="APIGW.0302", request_id="req-1"),
    errors.AccountUntold("eps.example.com", status=403, code="EPS.0004"),
    errors.NotFound("cbr.example.com", status=404, code="APIGW.0101"),
    errors.Throttled("cbr.example.com", status=429, code="APIGW.0308"),
    errors.Unproved("cbr.example.com", "no"),
    errors.CloudError("cbr.example.com"),
    *(errors.NotAsked(each) for each in Hindrance),
    errors.NotSaved("/data/x", "no space left"),
    errors.ChangedOutside("/data/x"),
    errors.Damaged("/data/x"),
    errors.Missing("/data/x"),
    errors.NewerVersion("/data/x", "version 99, this program knows 2"),
    errors.InUse("/data/x"),
    errors.StorageError("/data/x"),
    errors.ProfileError("prod", "cbr_endpoint", "is empty"),
    errors.NoProfile("Moon", ("prod", "test"), "/config/profiles.toml"),
    errors.NoProfile("Moon", ("Prod · eu-de",), ""),
    errors.NoProfile("", ("prod", "test"), "/config/profiles.toml"),
    errors.NoProfile("", (), "/config/profiles.toml"),
    errors.SecretMissing("prod"),
    errors.SecretUnfit("prod", "token", "characters"),
    errors.SecretUnfit("prod", "token", "too-long"),
    errors.SecretUnfit("prod", "token", "empty"),
    errors.ReadOnly("prod"),
    errors.Unreachable("cbr.example.com", "", "self-signed"),
    errors.Unreachable("cbr.example.com", "", "expired"),
    errors.Unreachable("cbr.example.com", "", "wrong-name"),
    errors.Unreachable("cbr.example.com", "", "unknown-authority"),
    errors.Unreachable("cbr.example.com", "", "proxy-login"),
    errors.Unreachable("cbr.example.com", "", "ca-file"),
    CbrError(),
]


def test_every_error_has_a_sentence_of_its_own() -> None:
    assert len({error_sentence(error) for error in ERRORS}) == len(ERRORS)
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, CbrError)}
    assert kinds == {type(error) for error in ERRORS}


@pytest.mark.parametrize("reason", ["self-signed", "expired", "wrong-name", "unknown-authority", "tls"])
def test_a_bad_certificate_is_never_passed_over(reason: str) -> None:
    sentence = error_sentence(errors.Unreachable("cbr.example.com", "said so", reason))
    assert "company CA in the profile" in sentence
    assert "Nothing was sent" in sentence
    assert "said so" in sentence
    assert "anyway" not in sentence


def test_errors_name_the_host_the_code_and_the_request() -> None:
    sentence = error_sentence(ERRORS[8])
    for part in ("cbr.example.com", "HTTP 400", "6113", "Wait until the vault is available", "‘no’", "req-1"):
        assert part in sentence
    assert "Cannot reach cbr.example.com" in error_sentence(ERRORS[0])
    assert "cut short" in error_sentence(ERRORS[4])


def test_whoever_names_no_profile_is_told_which_there_are() -> None:
    moon, demo, several, none = (error_sentence(error) for error in ERRORS if isinstance(error, errors.NoProfile))
    assert moon == "There is no profile ‘Moon’ in /config/profiles.toml. There are: ‘prod’, ‘test’."
    assert "in the demo cloud" in demo
    assert several == "There are several profiles: ‘prod’, ‘test’. Say which one with --profile."
    assert "no profile yet in /config/profiles.toml" in none
    assert "--demo" in none


def test_a_refused_login_says_why_where_that_is_known() -> None:
    sentences = set()
    reasons = (
        "",
        "locked",
        "passcode",
        "account-kind",
        "domain",
        "project",
        "token",
        "keys",
        "agency",
        "clock",
        "user-id",
    )
    for reason in reasons:
        error = errors.LoginRefused("iam.example.com", status=401, code="401", message="no")
        error.reason = reason
        sentences.add(error_sentence(error))
    assert len(sentences) == len(reasons)
    assert any("clock of this machine" in sentence for sentence in sentences)


def test_an_error_of_a_later_version_is_told_by_its_family() -> None:
    class Moved(Refused):
        """Something new."""

    assert "refused" in error_sentence(Moved("cbr.example.com", status=410))


@pytest.mark.parametrize(
    ("fates", "status", "sentence"),
    [
        ("RRRRRSS", "protecting", "5 of 7 resources are being backed up, 2 skipped."),
        ("DDRRRSS", "protecting", "3 of 7 resources are being backed up, 2 done, 2 skipped."),
        ("DDDDDSS", "available", "Finished: 5 of 7 resources backed up, 2 skipped."),
        ("DDDDFSS", "available", "Ended with failures: 4 of 7 resources backed up, 1 failed, 2 skipped."),
        ("SS", "protecting", "Nothing is backed up: all 2 resources were skipped."),
        ("S", "protecting", "Nothing is backed up: the only resource was skipped."),
        ("F", "error", "Failed: none of 1 resource is known to be backed up, 1 failed."),
        ("DU", "available", "Finished: 1 of 2 resources backed up, 1 uncertain."),
        ("DD", "available", "Finished: all 2 resources are backed up."),
        (
            "DD",
            CheckpointStatus.ERROR,
            "Every resource reports a backup, but the checkpoint failed. Check them before relying on them.",
        ),
        (
            "",
            "available",
            "The service named no resource, so nothing is known to be backed up. Look at the vault's tasks.",
        ),
    ],
)
def test_an_outcome_is_never_told_better_than_it_is(fates: str, status: str, sentence: str) -> None:
    assert outcome_sentence(outcome_of(fates, status)) == sentence


def outcome_of(fates: str, status: str) -> Outcome:
    letters = {"R": Fate.RUNNING, "D": Fate.DONE, "S": Fate.SKIPPED, "F": Fate.FAILED, "U": Fate.UNCERTAIN}
    rows = [
        ResourceOutcome(ResourceId(f"id-{n}"), f"ecs-{n}", "OS::Nova::Server", letters[letter])
        for n, letter in enumerate(fates)
    ]
    return Outcome(tuple(rows), status)


def intent(state: IntentState, note: str = "", **more: object) -> Intent:
    target = Target("prod", "https://cbr.example.com", "eu-de")
    asked = checkpoint_change(VaultId("3b58"), "vault-1", b"{}", "nightly")
    values: dict[str, object] = {"sent_at": NOW - timedelta(seconds=12), **more}
    made = Intent(IntentId("1"), target, asked, state, NOW, NOW - timedelta(minutes=3), reason=note)
    return made.moved(state, made.changed_at, **values)


def test_every_state_of_a_request_has_a_sentence_of_its_own() -> None:
    notes = ["", "unreachable", "throttled", "login", "not-saved", "interrupted"]
    said = [intent_sentence(intent(IntentState.QUEUED, note), None, NOW) for note in notes]
    said.append(intent_sentence(replace(intent(IntentState.QUEUED), origin=Origin.COMMAND), None, NOW))
    assert said[-1].startswith("Queued by a command.")
    lost = ["", "interrupted", "NoAnswer", "BadAnswer", "Redirected", "SignInPage", "Refused"]
    said += [intent_sentence(intent(IntentState.UNKNOWN, note), None, NOW) for note in lost]
    others = set(IntentState) - {IntentState.QUEUED, IntentState.UNKNOWN, IntentState.FINISHED}
    said += [intent_sentence(intent(state), None, NOW) for state in others]
    assert len(set(said)) == len(said)


def test_a_lost_answer_says_how_long_and_where_is_looked_and_that_nothing_is_sent_again() -> None:
    sentence = intent_sentence(intent(IntentState.UNKNOWN, "NoAnswer"), None, NOW)
    for part in ("lost 3 min ago", "tasks and backups", "‘vault-1’", "‘nightly’", "not sent again"):
        assert part in sentence


def test_a_refusal_that_may_come_of_the_request_itself_is_no_lost_answer_and_no_fault_of_the_service() -> None:
    busy, broken = (
        intent_sentence(intent(IntentState.UNKNOWN, "Refused", refusal=Refusal(status, code, "", "req-1")), None, NOW)
        for status, code in ((400, "BackupService.6125"), (500, "BackupService.0001"))
    )
    assert "refused it 3 min ago because something is at work there" in busy and "this very request" in busy
    assert "lost 3 min ago" in broken and "fault of its own" in broken
    assert "not sent again" in busy and "not sent again" in broken


def test_a_refusal_says_code_meaning_and_remedy() -> None:
    refused = intent(IntentState.REJECTED, refusal=Refusal(400, "BackupService.6114", "full", "req-1"))
    sentence = intent_sentence(refused, None, NOW)
    assert waiting_words(refused, None, NOW) == "6114 · The vault is full"
    foreign = replace(refused, refusal=Refusal(400, "BackupService.1", "full", "req-1"))
    assert waiting_words(foreign, None, NOW) == "1"
    for part in ("nothing is backed up", "6114: The vault is full.", "Expand the vault", "‘full’"):
        assert part in sentence


def test_a_state_that_could_not_be_kept_is_told() -> None:
    accepted = intent(IntentState.ACCEPTED, "not-saved")
    assert "could not be written to the disk" in intent_sentence(accepted, outcome_of("RR", "protecting"), NOW)
    found = intent(IntentState.ACCEPTED, "reconciled")
    assert "found by reading" in intent_sentence(found, outcome_of("RR", "protecting"), NOW)


def test_only_a_whole_outcome_is_headed_finished() -> None:
    finished = intent(IntentState.FINISHED)
    assert request_stand_words(finished, outcome_of("DD", "available")) == "Finished"
    assert request_stand_words(finished, outcome_of("DS", "available")) == "Partly backed up"
    assert request_stand_words(finished, outcome_of("SS", "available")) == "Nothing backed up"
    assert request_stand_words(finished, outcome_of("DD", CheckpointStatus.ERROR)) == "Uncertain"
    assert request_stand_words(intent(IntentState.ACCEPTED), outcome_of("DR", "protecting")) == "Backing up"
    assert request_stand_words(intent(IntentState.QUEUED), None) == "Queued"


def test_a_report_lists_every_resource_with_its_reason() -> None:
    skipped = ResourceOutcome(ResourceId("id-9"), "ecs-9", "x", Fate.SKIPPED, code="6215", message="wrong state")
    outcome = Outcome((*outcome_of("D", "available").resources, skipped), "available")
    report = outcome_text(intent(IntentState.FINISHED), outcome, NOW)
    assert "- ecs-0 (id-0): Backed up." in report
    assert "- ecs-9 (id-9): Skipped. 6215: The resource's present state allows no backup." in report
    assert "Sent: 2026-08-22 03:04:19 UTC" in report


def test_the_estimate_tells_what_is_known_and_no_more() -> None:
    history, full = Addition(Basis.HISTORY, 0.0, 6.4, 52.0), Addition(Basis.FULL, 1.5, 52.0, 52.0)
    first, silent = Addition(Basis.FIRST, 0.0, 40.0, 40.0), Addition(Basis.NO_HISTORY, 0.0, 40.0, 40.0)
    assert estimate_sentence(Estimate(7, (history,) * 6, 610.0, 1000.0)) == (
        "Ready: 6 of 7 resources will be backed up, adding up to 38 GB; the vault goes from 61 % to between 61 % and"
        " 65 %. Assumed: an incremental backup takes up to twice the mean of the earlier ones. If everything has"
        " changed, it is 312 GB, 92 %."
    )
    assert estimate_sentence(Estimate(1, (full,), 610.0, 1000.0)) == (
        "Ready: 1 of 1 resource will be backed up, adding 1.5 GB to 52 GB; the vault goes from 61 % to between 61 % and"
        " 66 %. Assumed: a full backup takes no more than its disks hold."
    )
    assert estimate_sentence(Estimate(2, (history, first), 0.0, 0.0)) == (
        "Ready: 2 of 2 resources will be backed up, adding up to 46 GB. Assumed: a first backup is full; a full backup"
        " takes no more than its disks hold; an incremental backup takes up to twice the mean of the earlier ones. If"
        " everything has changed, it is 92 GB."
    )
    assert estimate_sentence(Estimate(1, (silent,), 0.0, 4000.0)) == (
        "Ready: 1 of 1 resource will be backed up, adding up to 40 GB; the vault goes from 0 % to between 0 % and 1 %."
        " The service does not tell the size of earlier backups."
    )
    assert estimate_sentence(Estimate(2, (), 1.0, 40.0)) == "Ready: 0 of 2 resources will be backed up."
    assert "nothing is known" in estimate_sentence(None)


def test_a_verdict_names_the_first_thing_in_the_way() -> None:
    findings = (
        block(FindingKind.NO_VAULT, RequestPart.VAULT),
        block(FindingKind.NOTHING_CHOSEN, RequestPart.RESOURCES),
    )
    assert verdict_sentence(Preflight(findings)) == (
        "Not ready: No vault is chosen. Choose the vault to back up. (1 more)"
    )
    assert findings_sentence(findings) == "2 things to put right"
    assert findings_sentence(()) == "Nothing to remark"


def test_quantities_are_written_as_people_read_them() -> None:
    assert [gb_words(size) for size in (0, 0.01, 0.2, 38.2, 1930)] == [
        "0 GB",
        "less than 0.1 GB",
        "0.2 GB",
        "38 GB",
        "1\u00a0930 GB",
    ]
    assert percent_words(145.4) == "145 %"
    spans = [timedelta(seconds=-5), timedelta(seconds=59), timedelta(minutes=3), timedelta(hours=2, minutes=5)]
    assert [duration_words(span) for span in spans] == ["0 s", "59 s", "3 min", "2 h 5 min"]
    assert duration_words(timedelta(days=3)) == "3 days"
    assert counted("{count} resource", "{count} resources", 1) == "1 resource"
    assert names_words(["a"]) == "‘a’"
    assert len(clock_words(NOW, NOW)) == 8
    assert len(clock_words(NOW - timedelta(days=2), NOW)) == 19


def test_times_that_are_kept_have_date_and_zone() -> None:
    with whole_times():
        assert clock_words(NOW, NOW) == utc_words(NOW) == f"{NOW:%Y-%m-%d %H:%M:%S} UTC"
    assert len(clock_words(NOW, NOW)) == 8


def test_foreign_text_can_neither_reorder_nor_flood_a_sentence() -> None:
    text = shown("a\u202eb\x00\nc" + "x" * 10_000_000)
    assert "\u202e" not in text
    assert "\n" not in text
    assert len(text) <= 200


def test_problems_of_a_template_have_sentences_of_their_own() -> None:
    problems = [("unknown-token", "x"), ("unknown-filter", "x"), ("bad-width", "x"), ("stray-brace", "{")]
    assert len({template_sentence(problem) for problem in problems}) == 4


def test_every_code_has_a_short_meaning_and_something_to_do() -> None:
    assert len(codes()) >= 195
    for code, explanation in codes().items():
        assert explanation.code == code
        assert 1 <= len(explanation.meaning.split()) <= 12, code
        assert explanation.remedy.endswith("."), code
    assert len({refusal_sentence(code) for code in codes()}) == len(codes())


@pytest.mark.parametrize("code", ["BackupService.6113", "6113"])
def test_a_code_is_known_with_and_without_its_prefix(code: str) -> None:
    explanation = explain(code)
    assert explanation is not None
    assert explanation.code == "6113"


def test_gateway_codes_are_known_and_foreign_ones_are_not() -> None:
    assert explain("APIGW.0308") is explain("APIG.0308") is not None
    assert explain("EPS.0003") is None
    assert explain("") is None
    assert "does not know" in refusal_sentence("EPS.0003")


def test_a_missing_permission_is_named_with_who_can_give_it() -> None:
    told = refusal_sentence("403", "Policy doesn't allow cbr:vaults:backup to be performed.")
    assert "The login lacks the permission ‘cbr:vaults:backup’. Ask the administrator of the account for it." in told
    assert "does not know" not in told and "The service says: " in told
    assert "The login is not permitted to do this." in refusal_sentence("403", "Forbidden")


@pytest.mark.parametrize("message", ["The disk is full.", "The disk is full", "Too bad…", "...", ""])
def test_no_sentence_ends_twice_around_the_words_of_the_service(message: str) -> None:
    facts: dict[str, object] = {"resource": "ecs-1", "reason": message}
    said = [
        refusal_sentence("BackupService.6114", message),
        finding_sentence(block(FindingKind.RESOURCE_NOT_PROTECTABLE, RequestPart.RESOURCES, **facts)),
        error_sentence(Refused("h", status=409, code="X", message=message)),
        error_sentence(errors.LoginRefused("h", status=401, code="X", message=message)),
    ]
    for sentence in said:
        for fault in (".’.", "..", "  ", "is is"):
            assert fault not in sentence, sentence


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be changed here")
@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("UTC", "2026-08-22 03:05:00 UTC"),
        ("Asia/Kolkata", "2026-08-22 08:35:00 IST = 03:05:00 UTC"),
    ],
)
def test_a_time_is_told_once_where_the_clock_here_is_that_of_utc(
    monkeypatch: pytest.MonkeyPatch, zone: str, told: str
) -> None:
    with monkeypatch.context() as context:
        context.setenv("TZ", zone)
        time.tzset()
        try:
            assert Times(StageClock()).both(datetime(2026, 8, 22, 3, 5, tzinfo=UTC)) == told
        finally:
            context.undo()
            time.tzset()


def test_the_services_own_word_is_told_beside_other_words_alone() -> None:
    assert state_words(VaultStatus.LOCK) == "Being expanded (lock)"
    assert state_words(VaultStatus.ERROR) == "In error"
    assert state_words(VaultStatus.AVAILABLE) == "Available"
