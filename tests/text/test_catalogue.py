"""The catalogue: English without a file, the first language that has one, and nothing that passes it by."""

import gettext
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cbr_desktop.domain import error as errors
from cbr_desktop.domain.blast import Blast, Lost, LostBackups
from cbr_desktop.domain.change import Change, Kind, Subject, SubjectType, checkpoint_change
from cbr_desktop.domain.diagnosis import Check, CheckKind, Diagnosis, Verdict, Why
from cbr_desktop.domain.enterprise_project import Hindrance
from cbr_desktop.domain.finding import FindingKind, JsonFault, RequestPart, Severity, block, info, warn
from cbr_desktop.domain.foreign import Note, NoteKind
from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState, Reason, Refusal, Target
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.domain.policy import PolicyDraft
from cbr_desktop.domain.retention import Transition
from cbr_desktop.domain.secret import SecretKind, StoreProblem
from cbr_desktop.text import identity
from cbr_desktop.text.catalogue import _, choose_language, ngettext, pgettext, sentences, spoken
from cbr_desktop.text.codes import codes
from cbr_desktop.text.consequences import loss_sentences, lost_sentence
from cbr_desktop.text.diagnosis import diagnosis_sentence, found_sentence, next_sentence
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.intents import intent_sentence, outcome_text, request_stand_words
from cbr_desktop.text.notes import note_sentence
from cbr_desktop.text.operations import fate_of, words_for
from cbr_desktop.text.request_findings import template_sentence
from cbr_desktop.text.requests import finished_words, waiting_words
from cbr_desktop.text.schedules import kept_sentence, retention_words, schedule_words
from cbr_desktop.text.states import status_words
from tests.pseudo import Pseudo, compiled, narrow_words, own_domain, wide

NOW = datetime(2026, 8, 22, 3, 4, 31, tzinfo=UTC)
NAME = "жук"
"""Stands for what people and the service have named: it has no letter that a message could have."""
PLAIN = ("GB", "MB", "UTC", "HTTP", "cbr-desktop outbox", "adopt", "disown")
"""What is the same in every language, or typed as it is."""


# which language


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    compiled(tmp_path, "de", {"Refresh": "Aktualisieren"})
    with spoken(gettext.NullTranslations()), own_domain():
        yield tmp_path


@pytest.mark.parametrize(
    ("languages", "said"),
    [
        (["de"], "Aktualisieren"),
        (["de_AT.UTF-8"], "Aktualisieren"),
        (["de-DE"], "Aktualisieren"),
        (["nl", "de"], "Aktualisieren"),
        (["nl"], "Refresh"),
        (["en_GB", "de"], "Refresh"),
        (["C.UTF-8", "de"], "Refresh"),
    ],
)
def test_the_first_language_of_which_there_is_a_catalogue_is_spoken(
    folder: Path, languages: list[str], said: str
) -> None:
    choose_language(languages, folder)
    assert _("Refresh") == said
    assert _("What is not translated") == "What is not translated"


def test_the_environment_says_which_language(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "en_GB.UTF-8")
    monkeypatch.setenv("LANGUAGE", "nl:de")
    choose_language(folder=folder)
    assert _("Refresh") == "Aktualisieren"
    monkeypatch.delenv("LANGUAGE")
    choose_language(folder=folder)
    assert _("Refresh") == "Refresh"


def test_words_that_are_made_once_follow_the_language() -> None:
    title, meaning = words_for(Kind.DELETE_BACKUP).title, codes()["6113"].meaning
    with spoken(Pseudo()):
        assert (words_for(Kind.DELETE_BACKUP).title, codes()["6113"].meaning) == (wide(title), wide(meaning))
    assert words_for(Kind.DELETE_BACKUP).title == title == "Delete backup"


def test_sentences_stand_one_after_the_other() -> None:
    assert sentences("One.", "", "Two.") == "One. Two."
    assert sentences("", "") == ""
    assert _("") == ""


# what passes the catalogue by


def test_the_pseudo_language_leaves_named_places_and_nothing_else() -> None:
    with spoken(Pseudo()):
        assert _("{count} of {total} backups").format(count=1, total=2) == "1 ｏｆ 2 ｂａｃｋｕｐｓ"
        assert _("a { brace") == "ａ { ｂｒａｃｅ"
        assert ngettext("{count} day", "{count} days", 2).format(count=2) == "2 ｄａｙｓ"
        assert pgettext("a context", "Done") == "Ｄｏｎｅ"
    assert narrow_words("ｄｏｎｅ by hand, ecs-1", ["ecs-1"]) == ["by", "hand"]


def facts() -> dict[str, object]:
    texts = "operation profile path name backup resource vault id found detail character other reason known written"
    more = "target disk type cloud_type other_vault first second expected code_point policy part key region day zone"
    numbers = "line column size limit length over position count low high progress after excluded disks more"
    sizes = "size_gb limit_gb saved_gb"
    return {
        **dict.fromkeys((*texts.split(), *more.split()), NAME),
        **dict.fromkeys((*numbers.split(), *sizes.split(), "lasts"), 7),
        "fault": JsonFault.TOO_DEEP,
        "status": "error",
        "state": IntentState.UNKNOWN,
        "ours": False,
        "image": NAME,
        "region": NAME,
        "hindrance": Hindrance.PASSCODE.value,
        "problem": "bad-width",
        "since": NOW,
        "last": NOW,
        "when": NOW,
        "rule": "too_small",
        "transition": Transition.TIME_TO_NUMBER,
        "used_percent": 145.0,
        "from_cache": True,
        "free_gb": 3.2,
        "names": [NAME] * 7,
        **dict.fromkeys(("used_gb", "allocated_gb", "then_gb", "some", "threshold", "changed", "multi"), 7),
        "upper_gb": 310.0,
        "resources": [NAME] * 5,
        **dict.fromkeys(("holds", "type", "disk", "target"), NAME),
        **dict.fromkeys(("auto_expand", "is_on"), False),
        "moved_gb": 12.5,
        **dict.fromkeys(("backups", "vaults"), 7),
        "idle": [NAME] * 2,
        "age": timedelta(hours=3),
    }


@pytest.mark.parametrize("kind", FindingKind)
def test_every_finding_passes_the_catalogue(kind: FindingKind) -> None:
    status = "error" if kind is FindingKind.VAULT_STATUS else NAME
    held = facts() | {"status": status}
    with spoken(Pseudo()):
        for make in (block, warn, info):
            for subject in (RequestPart.NAME, RequestPart.DESCRIPTION, RequestPart.VAULT):
                said = finding_sentence(make(kind, subject, **held))
                assert narrow_words(said, ["error"]) == [], said


def intents() -> Iterator[Intent]:
    target = Target(NAME, "https://1.2.3.4", NAME)
    backup = Subject(SubjectType.BACKUP, "7", NAME)
    changes = [
        checkpoint_change(VaultId("7"), NAME, b"{}", NAME),
        *(Change(kind, backup, "7", "POST", "7", b"{}", NAME) for kind in Kind if kind is not Kind.CREATE_CHECKPOINT),
    ]
    for change in changes:
        for state in IntentState:
            for reason in Reason:
                yield Intent(
                    IntentId("7" * 32),
                    target,
                    change,
                    state,
                    NOW - timedelta(hours=1),
                    NOW,
                    reason=reason,
                    refusal=Refusal(400, "7", NAME),
                )


def test_every_stand_of_a_request_passes_the_catalogue() -> None:
    rows = tuple(ResourceOutcome(ResourceId("7"), NAME, NAME, fate) for fate in Fate)
    outcomes = [None, Outcome(rows, NAME), Outcome(rows[:1], NAME), Outcome(rows[2:3], NAME), Outcome((), NAME)]
    said: set[str] = set()
    with spoken(Pseudo()):
        for number, intent in enumerate(intents()):
            outcome = outcomes[number % len(outcomes)]
            said |= {
                intent_sentence(intent, outcome, NOW),
                waiting_words(intent, outcome, NOW),
                finished_words(intent, outcome),
                request_stand_words(intent, outcome),
                outcome_text(intent, outcome, NOW),
                *(fate_of(intent, fate) for fate in Fate),
            }
    assert {text: found for text in said if (found := narrow_words(text, [*PLAIN, "https"]))} == {}


def test_every_error_and_every_word_of_a_state_pass_the_catalogue() -> None:
    host = "1.2.3.4"
    unreachable = ("name", "timeout", "proxy", "proxy-login", "ca-file", "self-signed", "expired", "tls", "offline", "")
    told = [
        *(errors.Unreachable(host, "", reason) for reason in unreachable),
        *(errors.ProfileError(NAME, NAME, fault) for fault in errors.FieldFault),
        *(errors.Damaged(NAME, detail) for detail in errors.ErrorDetail),
        *(errors.SecretMissing(NAME, kind) for kind in SecretKind),
        *(errors.SecretUnfit(NAME, kind, "empty") for kind in SecretKind),
        *(make(host, status=400, code="7", message=NAME, request_id="7") for make in (errors.Refused, errors.NotFound)),
        *(make(NAME) for make in (errors.NotSaved, errors.Damaged, errors.InUse, errors.StorageError, errors.ReadOnly)),
        errors.LoginRefused(host, status=401, code="7", message=NAME),
        errors.NoProfile(NAME, (NAME,), NAME),
        errors.NoProfile("", (), ""),
        errors.NoAnswer(host, ""),
        errors.BadAnswer(host, "", 200, "7"),
        errors.CbrError(),
    ]
    words = [JsonFault, IntentState, Fate, Severity, RequestPart]
    with spoken(Pseudo()):
        said = [error_sentence(error) for error in told]
        said += [status_words(member) for kind in words for member in kind]
        said += [note_sentence(Note(kind, NAME)) for kind in NoteKind]
        said += [identity.store_sentence(problem) for problem in StoreProblem]
        said += [f"{explanation.meaning} {explanation.remedy}" for explanation in codes().values()]
        said += [lost_sentence(Lost("7", NAME, NAME, NOW, is_newest=True, left=left), NOW) for left in (None, 0, 1, 2)]
        for at in (None, NOW, NOW + timedelta(hours=1)):
            for made in (None, NOW):
                for resource in ("", NAME):
                    said += [lost_sentence(Lost("7", NAME, resource, made, is_newest=False, left=1, at=at), NOW)]
        said += loss_sentences(Blast((), 2), NOW)
        for left in (None, 0, 1):
            lost = LostBackups("7", NAME, 9, 8, NOW, manual=2, replicated=1, left=left, left_newest_at=NOW)
            said += loss_sentences(Blast((lost,)), NOW)
        said += [
            template_sentence((problem, "7")) for problem in ("no-ticket", "unknown-filter", "bad-width", "stray-brace")
        ]
        said += [
            finding_sentence(warn(FindingKind.RULES_CHANGED, RequestPart.RETENTION, policy=NAME, transition=each))
            for each in Transition
        ]
        said += [schedule_words(["FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR=1;BYMINUTE=0"], timedelta(hours=1))]
        said += [f(PolicyDraft(NAME, (), 7, 7)) for f in (retention_words, kept_sentence)]
    assert {text: found for text in said if (found := narrow_words(text, PLAIN))} == {}


def test_every_line_of_a_diagnosis_passes_the_catalogue() -> None:
    held = (
        *(("after", CheckKind.NAME), ("region", NAME), ("project_id", "7"), ("family", "4"), ("fields", ("name",))),
        *(("address", "1.2.3.4"), ("status", 404), ("problem", errors.FieldFault.PROXY_FORM), ("dead", ("6",))),
    )
    checks = [
        Check(CheckKind.SCOPE, NAME, Verdict.SKIPPED, (("why", why), *held), error=errors.SecretMissing(NAME))
        for why in Why
    ]
    checks += [
        Check(CheckKind.CERTIFICATE, NAME, Verdict.FAIL, error=errors.Unreachable("1.2.3.4", "", reason))
        for reason in ("name", "connection", "timeout", "proxy", "self-signed", "expired", "tls")
    ]
    with spoken(Pseudo()):
        said = [text for check in checks for text in (found_sentence(check), next_sentence(check))]
        said.append(diagnosis_sentence(Diagnosis(NAME, NOW, tuple(checks))))
    assert {text: found for text in said if (found := narrow_words(text, PLAIN))} == {}


def test_no_message_says_a_word_twice_or_ends_twice() -> None:
    template = (Path(__file__).parents[2] / "resources" / "messages" / "cbr_desktop.pot").read_text("utf-8")
    messages = re.findall(r'^msgid(?:_plural)? ((?:".*"\n)+)', template, re.MULTILINE)
    said = ["".join(re.findall(r'"(.*)"', message)).replace("\\n", " ") for message in messages]
    assert sum(map(len, said)) > 50_000
    assert [words for words in said if re.search(r"\b([a-z]{2,}) \1\b|[a-z][.]{2}(?![.])", words)] == []
