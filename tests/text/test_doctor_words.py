"""The doctor's words: every line has some, every failure says what to do, and a report gives nobody away."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.diagnosis import Check, CheckKind, Diagnosis, Verdict, Why
from cbr_desktop.domain.error import (
    BadAnswer,
    CbrError,
    Forbidden,
    LoginRefused,
    NoAnswer,
    Redirected,
    SecretMissing,
    SignInPage,
    Throttled,
    Unreachable,
)
from cbr_desktop.domain.profile import Profile
from cbr_desktop.logs import RedactingFormatter
from cbr_desktop.text.diagnosis import check_verdict_words, diagnosis_sentence, found_sentence, next_sentence
from cbr_desktop.text.diagnosis_report import Veil, check_record, check_text, diagnosis_text

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
REASONS = [
    *("name", "connection", "timeout", "proxy", "proxy-login", "ca-file"),
    *("self-signed", "expired", "wrong-name", "unknown-authority", "tls"),
]
SHOWN = (
    ("subject", "cbr.example"),
    ("issuer", "Company Inspection"),
    ("names", ("cbr.example",)),
    ("ends_at", NOW),
    ("days_left", -1),
)


def failed(kind: CheckKind, error: CbrError, subject: str = "cbr.example") -> Check:
    return Check(kind, subject, Verdict.FAIL, error=error)


def test_each_way_to_fail_has_words_of_its_own_and_a_next_step() -> None:
    checks = [failed(CheckKind.CERTIFICATE, Unreachable("cbr.example", "", reason)) for reason in REASONS]
    assert len({found_sentence(check) for check in checks}) == len(REASONS)
    assert len({next_sentence(check) for check in checks}) == len(REASONS)
    assert all(next_sentence(check) for check in checks)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (CheckKind.SERVICE, SignInPage("h")),
        (CheckKind.SERVICE, Redirected("h", "https://portal.example")),
        (CheckKind.SERVICE, BadAnswer("h", "x", 200)),
        (CheckKind.LOGIN, LoginRefused("h", status=401)),
        (CheckKind.LOGIN, NoAnswer("h")),
        (CheckKind.PERMISSION, Forbidden("h", status=403)),
        (CheckKind.PERMISSION, Throttled("h", status=429)),
    ],
)
def test_every_failure_says_what_to_do(kind: CheckKind, error: CbrError) -> None:
    assert next_sentence(failed(kind, error))


def test_who_vouches_for_a_certificate_that_is_not_accepted_is_told() -> None:
    check = replace(failed(CheckKind.CERTIFICATE, Unreachable("h", "x", "unknown-authority")), facts=SHOWN)
    assert "Company Inspection" in found_sentence(check)
    assert "ended on 2026-03-01" in found_sentence(check)


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_has_words(why: Why) -> None:
    facts = (("why", why), ("after", CheckKind.NAME), ("region", "eu-de"), ("project_id", "0" * 32))
    check = Check(CheckKind.SCOPE, "cbr:vaults:list", Verdict.SKIPPED, facts, error=SecretMissing("P"))
    assert found_sentence(check)
    assert check_text(check).startswith("○")


def test_a_missing_feature_and_an_action_that_cannot_be_tried_are_no_bare_skips() -> None:
    assert (
        check_verdict_words(Check(CheckKind.FEATURE, "policies", Verdict.SKIPPED, (("why", Why.NOT_HERE),)))
        == "Not here"
    )
    held = (("why", Why.ONLY_SENDING_SHOWS), ("roles", ("readonly", "te_admin")))
    check = Check(CheckKind.PERMISSION, "cbr:vaults:backup", Verdict.SKIPPED, held)
    assert check_verdict_words(check) == "Not tried"
    assert "te_admin" in found_sentence(check)
    assert next_sentence(replace(check, facts=held[:1]))


@pytest.mark.parametrize(("seconds", "word"), [(1380, "behind"), (-1380, "ahead of")])
def test_a_clock_is_behind_when_the_service_is_ahead(seconds: int, word: str) -> None:
    check = Check(CheckKind.CLOCK, "h", Verdict.FAIL, (("why", Why.CLOCK_OFF), ("offset_seconds", seconds)))
    assert f"23 min {word} the service's" in found_sentence(check)


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ((Verdict.PASS, Verdict.SKIPPED), "All is well."),
        ((Verdict.PASS, Verdict.WARN), "It works, with 1 warning."),
        ((Verdict.FAIL, Verdict.WARN), "1 check failed: Name, a. 1 warning."),
        ((Verdict.FAIL, Verdict.FAIL), "2 checks failed. Begin with the first: Name, a."),
    ],
)
def test_the_whole_in_a_sentence(verdicts: tuple[Verdict, ...], words: str) -> None:
    assert diagnosis_sentence(Diagnosis("P", NOW, tuple(Check(CheckKind.NAME, "a", v) for v in verdicts))) == words


def test_records_hold_what_json_can() -> None:
    record = check_record(Check(CheckKind.CERTIFICATE, "h", Verdict.PASS, SHOWN, millis=1.26))
    assert record["facts"]["names"] == ["cbr.example"]
    assert record["facts"]["ends_at"] == NOW.isoformat()
    assert record["millis"] == 1.3


def test_a_report_veils_every_name_the_same_way_and_keeps_hosts() -> None:
    profile = Profile(
        "Prod",
        "https://iam.eu-de.example",
        "https://cbr.eu-de.example",
        "eu-de",
        "grace.hopper",
        "acme-corp",
        proxy_user="proxyuser",
        ca_file="/home/grace.hopper/company.pem",
    )
    message = "user grace.hopper of ACME-CORP may not use vault 3b5816b5-f29c-4172-9d9a-76c719a659ce in eu-de."
    diagnosis = Diagnosis(
        "Prod",
        NOW,
        (
            Check(CheckKind.SETTINGS, "Prod", Verdict.PASS),
            failed(
                CheckKind.PERMISSION,
                Forbidden("cbr.eu-de.example", status=403, message=message, request_id="f" * 32),
                "cbr:tasks:list",
            ),
            Check(CheckKind.SCOPE, "eu-de", Verdict.PASS, (("project", "eu-de"), ("project_id", "0" * 32))),
        ),
    )
    text = RedactingFormatter().redact(diagnosis_text(diagnosis, profile, (("CBR Desktop", "1"),), b"salt"))
    for name in ("hopper", "acme", "ACME", "3b5816b5-f29c", "0" * 32, "proxyuser", "/home", "‘eu-de’"):
        assert name not in text, name
    assert "https://cbr.eu-de.example" in text
    assert "company.pem" in text
    assert "f" * 32 in text
    veiled = Veil([profile.user], b"salt").over("grace.hopper")
    assert text.count(veiled) == 2
    assert "[hidden]" not in text


def test_marks_differ_from_name_to_name_and_from_report_to_report() -> None:
    names = ["operator-one", "operator-two"]
    first, second = Veil(names, b"a"), Veil(names, b"b")
    assert first.over(names[0]) != first.over(names[1])
    assert first.over(names[0]) != second.over(names[0])
    assert first.over("operator-one.example") == "operator-one.example"
