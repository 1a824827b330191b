"""The login dialog: for each way in it asks for what is needed, in fields that give nothing away."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.error import LoginRefused, NoAnswer, SecretMissing, Unreachable
from cbr_desktop.domain.profile import Profile, ProxyMode, Way
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.ui.profiles.login import LoginDialog, wanted_secrets
from tests.widgets import child, words

PROFILE = Profile(
    name="Prod · eu-de",
    iam_endpoint="https://iam.eu-de.otc.t-systems.com",
    cbr_endpoint="https://cbr.eu-de.otc.t-systems.com",
    project="eu-de_prod",
    user="operator",
    domain="OTC-0001",
)
Open = Callable[..., LoginDialog]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def make(profile: Profile = PROFILE, reason: str = "No password is known.", **more: Any) -> LoginDialog:
        dialog = LoginDialog(profile, reason, **more)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return make


def fill(dialog: LoginDialog, name: str, text: str) -> None:
    child(dialog, QLineEdit, name).setText(text)


def log_in(dialog: LoginDialog) -> QAbstractButton:
    button: QAbstractButton = child(dialog, QAbstractButton, "logInNow")
    return button


def given_by(dialog: LoginDialog) -> tuple[dict[SecretKind, str], bool]:
    """Press the button and return what was given."""
    given: list[tuple[Mapping[SecretKind, str], bool]] = []
    dialog.given.connect(lambda secrets, keep: given.append((secrets, keep)))
    log_in(dialog).click()
    ((secrets, keep),) = given
    return dict(secrets), keep


def test_a_password_is_asked_for_as_whom_and_for_where(opened: Open) -> None:
    dialog = opened()
    said = words(dialog)
    for part in ("No password is known.", "operator (OTC-0001)", "https://iam.eu-de.otc.t-systems.com"):
        assert part in said
    assert not log_in(dialog).isEnabled()
    assert "Enter the password." in said
    fill(dialog, "password", " blanks are part of it ")
    child(dialog, QCheckBox, "keepPassword").setChecked(True)
    assert given_by(dialog) == ({SecretKind.PASSWORD: " blanks are part of it "}, True)


def test_with_a_passcode_both_are_asked_for_and_only_the_password_may_be_kept(opened: Open) -> None:
    dialog = opened(replace(PROFILE, mfa=True, user_id="u1"))
    assert child(dialog, QCheckBox, "keepPassword").text() == "&Keep the password in the system's password store"
    fill(dialog, "password", "secret")
    fill(dialog, "passcode", "12b456")
    assert not log_in(dialog).isEnabled()
    assert "digits only" in words(dialog)
    fill(dialog, "passcode", " 123 456 ")
    assert given_by(dialog)[0] == {SecretKind.PASSWORD: "secret", SecretKind.PASSCODE: "123456"}


def test_a_pasted_token_loses_its_line_breaks_and_says_its_length(opened: Open) -> None:
    dialog = opened(replace(PROFILE, way=Way.TOKEN))
    assert not child(dialog, QCheckBox, "keepPassword").isVisible()
    assert "in memory until you leave" in words(dialog)
    line = child(dialog, QLineEdit, "token")
    child(dialog, QAbstractButton, "tokenShow").click()
    page = child(dialog, QPlainTextEdit, "tokenPage")
    page.setPlainText("MIIabc\n  def\n" + "x" * 40_000 + "\n")
    assert "40\u00a0009 characters, spaces and line breaks left out" in words(dialog)
    child(dialog, QAbstractButton, "tokenShow").click()
    assert line.echoMode() is QLineEdit.EchoMode.Password
    assert page.toPlainText() == ""
    secrets, keep = given_by(dialog)
    assert secrets == {SecretKind.TOKEN: "MIIabcdef" + "x" * 40_000}
    assert not keep
    assert line.text() == ""


def test_a_token_with_foreign_characters_is_not_sent_anywhere(opened: Open) -> None:
    dialog = opened(replace(PROFILE, way=Way.TOKEN))
    fill(dialog, "token", "MIIabc…")
    assert not log_in(dialog).isEnabled()
    assert "The token has characters that none can have. Copy it again." in words(dialog)


def test_temporary_keys_are_three_parts_and_nothing_is_kept(opened: Open) -> None:
    dialog = opened(replace(PROFILE, way=Way.TEMPORARY_KEYS))
    fill(dialog, "accessKey", "ABC ")
    fill(dialog, "secretKey", "def\n")
    fill(dialog, "securityToken", "ghi")
    assert not child(dialog, QCheckBox, "keepPassword").isVisible()
    assert given_by(dialog)[0] == {
        SecretKind.ACCESS_KEY: "ABC",
        SecretKind.SECRET_KEY: "def",
        SecretKind.SECURITY_TOKEN: "ghi",
    }


def test_an_access_key_stays_here_and_an_agency_says_by_whom(opened: Open) -> None:
    keys = opened(replace(PROFILE, way=Way.KEYS, access_key="AK1"))
    assert "access key AK1" in words(keys)
    assert "the key itself stays here" in words(keys)
    agency = opened(replace(PROFILE, way=Way.AGENCY, agency="backup", agency_domain="lender"))
    assert "agency backup of lender, by operator (OTC-0001)" in words(agency)
    assert agency.kinds == (SecretKind.PASSWORD,)


def test_a_hidden_secret_is_shown_on_request_alone(opened: Open) -> None:
    dialog = opened()
    line = child(dialog, QLineEdit, "password")
    assert line.echoMode() is QLineEdit.EchoMode.Password
    show = child(dialog, QAbstractButton, "passwordShow")
    show.click()
    assert line.echoMode() is QLineEdit.EchoMode.Normal
    show.click()
    assert line.echoMode() is QLineEdit.EchoMode.Password


def test_a_store_that_is_of_no_use_is_said_before_anything_is_typed(opened: Open) -> None:
    dialog = opened(store_problem="no-answer")
    assert "did not answer in time" in words(dialog)
    assert "until you leave" in words(dialog)


def test_what_is_asked_for_fits_what_went_wrong() -> None:
    behind = replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url="http://proxy:3128", proxy_user="me")
    proxy = Unreachable("iam", reason="proxy-login")
    assert wanted_secrets(behind, proxy) == (SecretKind.PROXY_PASSWORD,)
    assert wanted_secrets(behind, SecretMissing("P", "proxy-password")) == (SecretKind.PROXY_PASSWORD,)
    assert wanted_secrets(PROFILE, proxy) == ()
    assert wanted_secrets(PROFILE, Unreachable("iam")) == ()
    assert wanted_secrets(PROFILE, NoAnswer("iam")) == ()
    assert wanted_secrets(PROFILE, LoginRefused("iam", status=401)) == (SecretKind.PASSWORD,)
    assert wanted_secrets(PROFILE, SecretMissing("P", "password")) == (SecretKind.PASSWORD,)


def test_the_proxy_s_password_goes_to_the_proxy(opened: Open) -> None:
    behind = replace(PROFILE, proxy=ProxyMode.MANUAL, proxy_url="http://proxy:3128", proxy_user="me")
    dialog = opened(behind, kinds=[SecretKind.PROXY_PASSWORD])
    assert "http://proxy:3128" in words(dialog)
    assert "iam.eu-de" not in words(dialog)
    fill(dialog, "proxyPassword", "p")
    assert given_by(dialog)[0] == {SecretKind.PROXY_PASSWORD: "p"}


def test_names_of_others_are_shown_literally(opened: Open) -> None:
    dialog = opened(replace(PROFILE, name="<b>x</b>\u202e", user="<img src=x>"), "<a href='file:///x'>x</a>")
    assert "<b>x</b>⟨U+202E⟩" in words(dialog)
    assert "<a href='file:///x'>x</a>" in words(dialog)


def test_a_secret_that_the_store_has_no_room_for_is_told_before_anybody_logs_in(opened: Open) -> None:
    dialog = opened(is_too_long=lambda secret: len(secret) > 10)
    fill(dialog, "password", "x" * 11)
    assert "no room" not in words(dialog)
    child(dialog, QCheckBox, "keepPassword").setChecked(True)
    assert "no room" in words(dialog)
    assert log_in(dialog).isEnabled()
    fill(dialog, "password", "short")
    assert "no room" not in words(dialog)
