"""The window of profiles: the one-minute path, what is refused, and that nothing typed is lost."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from cbr_desktop.domain.diagnosis import Check, CheckKind, Verdict
from cbr_desktop.domain.error import Damaged, LoginRefused, ProfileError, Unreachable
from cbr_desktop.domain.network import EffectiveNetwork, Route, RouteReason, Variable
from cbr_desktop.domain.profile import Environment, Profile, ProxyMode, Way
from cbr_desktop.domain.region import REGIONS
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.ui.profiles.deleting import DeleteDialog
from cbr_desktop.ui.profiles.dialog import ProfilesDialog
from cbr_desktop.ui.profiles.form import ProfileForm
from cbr_desktop.ui.profiles.imports import ProfileImportDialog
from cbr_desktop.ui.profiles.login import LoginDialog
from tests.ui.profilebook import HQ, PROD, STAGING, Account, Book, Keeper
from tests.widgets import child

Run = Callable[[Coroutine[Any, Any, None]], None]
Until = Callable[..., Awaitable[None]]
GOOD_LOGIN = Check(CheckKind.LOGIN, "operator", Verdict.PASS, (("way", "password"),))


class Stage:
    """The window over a file, an account and a store, with hands for its buttons."""

    def __init__(self, qtbot: QtBot, book: Book, account: Account, keeper: Keeper, **more: Any) -> None:
        self.book, self.account, self.keeper = book, account, keeper
        # the dialog deletes itself when it is closed, and what is closed at the end of a test is a widget that lives on
        self.context = QWidget()
        qtbot.addWidget(self.context)
        self.dialog = ProfilesDialog(book, REGIONS, account, account.test, keeper, self.context, **more)
        self.opened: list[Profile] = []
        self.changes: list[bool] = []
        self.dialog.open_requested.connect(self.opened.append)
        self.dialog.changed.connect(lambda: self.changes.append(True))
        self.dialog.open()

    @property
    def form(self) -> ProfileForm:
        form = self.dialog._stack.currentWidget()
        assert isinstance(form, ProfileForm)
        return form

    def edit(self, name: str) -> QLineEdit:
        return child(self.form, QLineEdit, name)  # type: ignore[no-any-return]

    def box(self, name: str) -> QComboBox:
        return child(self.form, QComboBox, name)  # type: ignore[no-any-return]

    def fill(self, **texts: str) -> None:
        """Fill fields by their names; a region or project is typed into its list."""
        for name, text in texts.items():
            if name in ("region", "project", "name_template"):
                self.box(name).setEditText(text)
            else:
                self.edit(name).setText(text)
        self.form.judge()

    def choose(self, name: str, value: object) -> None:
        box = self.box(name)
        box.setCurrentIndex(next(row for row in range(box.count()) if box.itemData(row) == value))
        self.form.judge()

    def press(self, name: str, parent: QWidget | None = None) -> None:
        button = child(parent or self.dialog, QAbstractButton, name)
        assert button.isEnabled(), f"{name}: {button.toolTip()}"
        button.click()

    def can(self, name: str) -> bool:
        return bool(child(self.dialog, QAbstractButton, name).isEnabled())

    @property
    def words(self) -> str:
        return "\n".join(label.text() for label in self.dialog.findChildren(QLabel) if label.isVisible())

    def shown(self, kind: type[Any]) -> Any:
        return next((dialog for dialog in self.dialog.findChildren(kind) if dialog.isVisible()), None)

    def give(self, **secrets: str) -> None:
        """Fill the login dialog in and send it off."""
        login = self.shown(LoginDialog)
        for name, text in secrets.items():
            child(login, QLineEdit, name).setText(text)
        self.press("logInNow", login)


@pytest.fixture
def stages() -> list[Stage]:
    return []


@pytest.fixture
def run(run: Run, stages: list[Stage]) -> Run:
    """Run a story; its windows are hidden while the loop is there still, as they are when the program is left."""

    async def played(story: Coroutine[Any, Any, None]) -> None:
        try:
            await story
        finally:
            for stage in stages:
                if isValid(stage.dialog):
                    stage.dialog.hide()

    return lambda story: run(played(story))


@pytest.fixture
def stage(qtbot: QtBot, stages: list[Stage]) -> Iterator[Callable[..., Stage]]:
    def make(*profiles: Profile, keeper: Keeper | None = None, **more: Any) -> Stage:
        stages.append(Stage(qtbot, Book(profiles), Account(), keeper or Keeper(), **more))
        return stages[-1]

    yield make
    stages.clear()


Make = Callable[..., Stage]


def test_from_nothing_to_an_open_profile(stage: Make, run: Run, until: Until) -> None:
    async def story() -> None:
        here = stage()
        assert "No profile yet" in here.words
        here.press("addProfile")
        assert not here.can("saveProfile")
        here.fill(name="Prod", region="eu-de", user="operator", domain="OTC-1")
        assert "https://iam.eu-de.otc.t-systems.com" in here.words
        # what was not entered yet is told in one place, not beside each field
        assert here.words.count("Name the project") == 1
        here.press("listProjects")
        await until(lambda: here.shown(LoginDialog) is not None)
        here.give(password="secret")
        await until(lambda: here.box("project").count() == 3)
        here.box("project").setCurrentIndex(1)
        here.box("project").hidePopup()
        here.form.judge()
        assert here.form.profile().project == "eu-de_prod"
        here.press("saveProfile")
        assert here.book.profiles == [replace(PROD, name="Prod", user="operator", domain="OTC-1")]
        here.account.checks = [GOOD_LOGIN]
        here.press("testProfile")
        await until(lambda: "All is well: 1 check, 1 good." in here.words)
        # the password that the list was made with is at hand still
        assert here.account.asked[-1][1] == {SecretKind.PASSWORD: "secret"}
        assert here.keeper.store == {}
        here.press("openProfile")
        assert here.opened == here.book.profiles

    run(story())


def test_each_way_in_has_its_fields(stage: Make, run: Run) -> None:
    fields = {
        Way.PASSWORD: {"user", "domain"},
        Way.TOKEN: set(),
        Way.KEYS: {"access_key"},
        Way.TEMPORARY_KEYS: set(),
        Way.AGENCY: {"user", "domain", "agency", "agency_domain"},
    }

    async def story() -> None:
        here = stage(PROD)
        for way, expected in fields.items():
            here.choose("way", way)
            names = ("user", "domain", "user_id", "access_key", "agency", "agency_domain")
            assert {name for name in names if here.edit(name).isVisible()} == expected
        here.fill(agency="backup", agency_domain="lender")
        here.choose("agency_login", "keys")
        assert "Enter the id of the access key (AK)." in here.words
        here.fill(access_key=" AK1 ")
        assert here.form.profile().access_key == "AK1"
        here.choose("agency_login", "password")
        # an access key would mean that the login goes by it
        assert here.form.profile().access_key == ""
        here.choose("agency_login", "keys")
        assert here.form.profile().access_key == "AK1"
        here.choose("way", Way.PASSWORD)
        assert here.form.profile().user == PROD.user

    run(story())


def test_a_login_with_a_passcode_needs_the_user_s_id(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD)
        child(here.form, QCheckBox, "mfa").click()
        here.form.judge()
        assert "Enter the user's id" in here.words
        assert not here.can("saveProfile")
        here.fill(user_id="0123")
        here.press("saveProfile")
        assert here.book.profiles[0].mfa

    run(story())


BAD: dict[str, tuple[dict[str, str], str]] = {
    "no name": ({"name": " "}, "Give the profile a name."),
    "a name twice": ({"name": "Staging · eu-de"}, "There is a profile called ‘Staging · eu-de’ already."),
    "no region": ({"region": "eu-dee"}, "‘eu-dee’ is no region of the list."),
    "no project": ({"project": ""}, "Name the project"),
    "no user": ({"user": ""}, "Name the user."),
    "a colour that is none": ({"colour": "red"}, "A colour is written as #"),
    "a bad template": ({"name_template": "{vaultt}"}, "The template knows no value ‘{vaultt}’."),
    "half a path": ({"ca_file": "company.pem"}, "Give the whole path"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_beside_its_field_and_not_saved(stage: Make, run: Run, case: str) -> None:
    texts, sentence = BAD[case]

    async def story() -> None:
        here = stage(PROD, STAGING)
        here.fill(**texts)
        assert sentence in here.words
        assert not here.can("saveProfile")
        assert sentence[:12] in child(here.dialog, QAbstractButton, "saveProfile").toolTip()
        assert here.book.profiles == [PROD, STAGING]

    run(story())


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://iam.evil.example", "must begin with https://"),
        ("https://user@iam.example", "must be an address like https://host, without"),
        ("https://iam.example/path", "must not have a path"),
        ("iam.example", "must name a host"),
        ("", "is missing"),
        ("https://iam.example:99999", "must have a port from 1 to 65535"),
    ],
)
def test_a_bad_address_is_refused(stage: Make, run: Run, address: str, sentence: str) -> None:
    async def story() -> None:
        here = stage(PROD)
        here.fill(region="Other endpoints…", iam_endpoint=address)
        assert f"The address of the identity service {sentence}" in here.words
        assert not here.can("saveProfile")
        assert here.edit("iam_endpoint").text() == address

    run(story())


def test_fault_71_a_host_of_no_known_cloud_is_typed_once_before_anything_goes_there(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD)
        here.keeper.remember(PROD, SecretKind.PASSWORD, "secret")
        here.fill(region="Other endpoints…", iam_endpoint="https://IAM.evil.example/v3")
        assert "‘iam.evil.example’ is of no cloud that is known here" in here.words
        assert "Secrets kept for https://iam.eu-de.otc.t-systems.com stay with that address" in here.words
        for name in ("saveProfile", "testProfile"):
            assert not here.can(name)
        assert not child(here.form, QAbstractButton, "enterSecrets").isEnabled()
        here.press("listProjects")
        await asyncio.sleep(0)
        assert here.account.asked == []
        here.fill(iam_endpoint_proof="iam.good.example")
        assert not here.can("saveProfile")
        here.fill(iam_endpoint_proof=" iam.evil.example ")
        here.press("saveProfile")
        assert here.book.profiles[0].iam_endpoint == "https://iam.evil.example"
        # once is enough, also for a second profile
        assert not here.edit("iam_endpoint_proof").isVisible()
        here.press("duplicateProfile")
        here.form.judge()
        assert here.can("saveProfile")

    run(story())


def test_each_row_keeps_what_is_not_saved(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD, STAGING)
        here.fill(name="Prod renamed", user="")
        here.dialog.side.list.setCurrentRow(1)
        assert here.edit("name").text() == STAGING.name
        here.choose("environment", Environment.TEST)
        here.press("saveProfile")
        assert here.book.profiles == [PROD, replace(STAGING, environment=Environment.TEST)]
        here.dialog.side.list.setCurrentRow(0)
        assert here.edit("name").text() == "Prod renamed"
        assert here.edit("user").text() == ""
        accessible = here.dialog.side.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
        assert accessible == "Prod renamed, eu-de, eu-de_prod, production, not saved"
        here.press("revertProfile")
        assert here.edit("name").text() == PROD.name
        assert not here.can("saveProfile")

    run(story())


def test_closing_tells_what_is_not_saved_and_loses_nothing_by_itself(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD)
        here.fill(user="other")
        here.press("closeProfiles")
        assert here.dialog.isVisible()
        assert "1 profile has changes that are not saved." in here.words
        here.press("noticeAction")
        assert not here.dialog.isVisible()
        assert here.book.profiles == [PROD]

    run(story())


def test_deleting_asks_once_and_can_be_undone(stage: Make, run: Run, until: Until) -> None:
    async def story() -> None:
        here = stage(PROD, STAGING, HQ)
        here.dialog.side.list.setCurrentRow(1)
        here.press("deleteProfile")
        asked = here.shown(DeleteDialog)
        assert child(asked, QAbstractButton, "keepProfile").isDefault()
        assert "Delete ‘Staging · eu-de’ (STAGING · eu-de · eu-de_staging)?" in here.words
        assert "another profile logs in with them" in here.words
        here.press("deleteNow", asked)
        assert here.book.names == [PROD.name, HQ.name]
        here.press("noticeAction")
        assert here.book.profiles == [PROD, STAGING, HQ]
        here.keeper.store["https://iam.myhuaweicloud.com", "backup-operator", SecretKind.PASSWORD] = "x"
        here.dialog.side.list.setCurrentRow(2)
        here.press("deleteProfile")
        asked = here.shown(DeleteDialog)
        child(asked, QCheckBox, "forgetSecrets").setChecked(True)
        here.press("deleteNow", asked)
        await until(lambda: not here.keeper.store)

    run(story())


def test_what_was_never_saved_can_be_brought_back_too(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD)
        here.press("addProfile")
        here.fill(name="Draft", user="me")
        here.press("deleteProfile")
        assert here.edit("name").text() == PROD.name
        here.press("noticeAction")
        assert (here.edit("name").text(), here.edit("user").text()) == ("Draft", "me")
        assert here.book.profiles == [PROD]

    run(story())


def test_enter_in_a_field_does_nothing_that_was_not_meant(stage: Make, run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        here = stage(PROD)
        here.fill(user="other")
        here.press("closeProfiles")
        qtbot.keyClick(here.edit("user"), Qt.Key.Key_Return)
        assert here.dialog.isVisible()
        assert here.edit("user").text() == "other"
        assert here.book.profiles == [PROD]

    run(story())


def test_the_order_is_changed_by_keys_and_buttons(stage: Make, run: Run, until: Until, qtbot: QtBot) -> None:
    async def story() -> None:
        here = stage(PROD, STAGING, HQ)
        here.press("moveDown")
        here.press("moveDown")
        assert here.book.names == [STAGING.name, HQ.name, PROD.name]
        assert not here.can("moveDown")
        here.dialog.side.list.setFocus()
        await until(here.dialog.side.list.hasFocus)
        qtbot.keyClick(here.dialog.side.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        assert here.book.names == [STAGING.name, PROD.name, HQ.name]
        assert here.edit("name").text() == PROD.name
        # as dragging does
        top = QModelIndex()
        assert here.dialog.side.list.model().moveRow(top, 1, top, 0)
        assert here.book.names == [PROD.name, STAGING.name, HQ.name]
        assert here.edit("name").text() == PROD.name

    run(story())


def test_a_copy_stands_beside_its_original(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD)
        here.press("duplicateProfile")
        assert here.edit("name").text() == "Prod · eu-de 2"
        here.press("saveProfile")
        assert here.book.profiles == [PROD, replace(PROD, name="Prod · eu-de 2")]
        assert here.changes == [True]

    run(story())


def test_a_full_disk_costs_nothing_that_was_typed(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD)
        here.fill(user="other")
        here.book.full = True
        here.press("saveProfile")
        assert "Not saved." in here.words
        assert "no space left" in here.words
        assert here.edit("user").text() == "other"
        here.book.full = False
        here.press("saveProfile")
        assert here.book.profiles[0].user == "other"

    run(story())


def test_a_bad_file_is_told_on_top_with_its_place(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD, place="/home/me/profiles.toml")
        here.book.problems = [ProfileError("Old", "project", "missing")]
        here.dialog.reload()
        assert "Profile ‘Old’ cannot be used" in here.words
        assert "/home/me/profiles.toml" in here.words
        here.book.problems = [Damaged("/home/me/profiles.toml", "line 3: no value")]
        here.dialog.reload()
        assert "‘/home/me/profiles.toml’ exists but cannot be read" in here.words
        here.book.problems = []
        here.dialog.reload()
        assert "/home/me" not in here.words

    run(story())


def test_a_password_is_kept_only_once_the_service_took_it(stage: Make, run: Run, until: Until) -> None:
    async def story() -> None:
        here = stage(PROD)
        here.account.checks = [Check(CheckKind.LOGIN, "", Verdict.FAIL, error=LoginRefused("iam", status=401))]
        for password in ("wrong", "right"):
            here.press("testProfile")
            await until(lambda: here.shown(LoginDialog) is not None)
            child(here.shown(LoginDialog), QCheckBox, "keepPassword").setChecked(True)
            here.give(password=password)
            await until(lambda: here.dialog.checks.isVisible() and here.can("testProfile"))
            if password == "wrong":
                assert "It does not work" in here.words
                assert not here.keeper.store
                assert not here.keeper.memory
                here.account.checks = [GOOD_LOGIN]
                here.dialog.checks.hide()
        await until(lambda: list(here.keeper.store.values()) == ["right"])
        assert len(here.account.asked) == 2
        assert "wrong" not in here.words
        assert "right" not in here.words

    run(story())


def test_fault_32_what_was_refused_is_not_tried_a_second_time_by_itself(stage: Make, run: Run, until: Until) -> None:
    async def story() -> None:
        keeper = Keeper()
        await keeper.keep(PROD, SecretKind.PASSWORD, "outdated")
        here = stage(PROD, keeper=keeper)
        here.account.error = LoginRefused("iam", status=401)
        here.press("listProjects")
        await until(lambda: "did not accept the login" in here.words)
        here.account.error = None
        here.account.checks = [GOOD_LOGIN]
        here.press("testProfile")
        await until(lambda: here.shown(LoginDialog) is not None)
        assert len(here.account.asked) == 1
        here.give(password="renewed")
        await until(here.dialog.checks.isVisible)
        assert [secrets[SecretKind.PASSWORD] for _, secrets in here.account.asked] == ["outdated", "renewed"]

    run(story())


def test_where_each_secret_is_is_said_and_it_can_be_forgotten(stage: Make, run: Run, until: Until) -> None:
    async def story() -> None:
        keeper = Keeper()
        behind = replace(PROD, proxy=ProxyMode.MANUAL, proxy_url="http://proxy:3128", proxy_user="me")
        await keeper.keep(behind, SecretKind.PASSWORD, "canary")
        here = stage(behind, keeper=keeper)
        here.form.keeping.look()
        assert "kept in the system's password store" in here.words
        state = child(here.form, QLabel, "proxy-passwordState").text()
        assert state == "the system's password store is asked when it is needed"
        assert "canary" not in here.words
        button = child(here.form, QAbstractButton, "passwordForget")
        button.click()
        await until(lambda: "kept in the system's password store" not in here.words)
        assert not keeper.store
        assert not keeper.memory

    run(story())


def test_fault_97_typing_a_profile_does_not_touch_the_store(stage: Make, run: Run, until: Until) -> None:
    """A store that is locked would open a window of the system, which takes the keyboard in the middle of a word."""

    async def story() -> None:
        keeper = Keeper()
        keeper.store["https://iam.eu-de.otc.t-systems.com", PROD.user, SecretKind.PASSWORD] = "kept before"
        here = stage(PROD, STAGING, keeper=keeper)
        for name in ("name", "user", "domain"):
            child(here.form, QLineEdit, name).setText("typed")
        here.press("addProfile")
        here.dialog.side.list.setCurrentRow(1)
        here.dialog.side.list.setCurrentRow(0)
        for _ in range(20):
            await asyncio.sleep(0)
        assert keeper.asked == 0
        here.press("testProfile")
        await until(lambda: keeper.asked > 0)

    run(story())


def test_a_store_that_is_of_no_use_is_said(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD, keeper=Keeper("no-store"))
        here.form.keeping.look()
        assert "has none that encrypts" in here.words

    run(story())


def test_what_cannot_be_reached_is_told_and_a_test_can_be_stopped(stage: Make, run: Run, until: Until) -> None:
    async def story() -> None:
        here = stage(replace(PROD, way=Way.TOKEN))
        here.keeper.remember(here.form.profile(), SecretKind.TOKEN, "t")
        here.account.error = Unreachable("iam.eu-de.otc.t-systems.com", reason="name")
        here.press("listProjects")
        await until(lambda: "its name could not be resolved" in here.words)
        here.account.gate.clear()
        here.press("testProfile")
        await until(lambda: len(here.account.asked) == 2)
        assert child(here.dialog, QAbstractButton, "testProfile").text() == "Stop"
        assert "Looking at everything between this machine and the project" in here.words
        here.press("testProfile")
        assert child(here.dialog, QAbstractButton, "testProfile").text() == "&Test"

    run(story())


def test_another_profile_of_the_form_hides_what_the_last_test_found(stage: Make, run: Run, until: Until) -> None:
    async def story() -> None:
        here = stage(PROD, STAGING)
        here.keeper.remember(PROD, SecretKind.PASSWORD, "x")
        here.account.checks = [GOOD_LOGIN]
        here.press("testProfile")
        await until(here.dialog.checks.isVisible)
        here.dialog.side.list.setCurrentRow(1)
        assert not here.dialog.checks.isVisible()

    run(story())


def test_exporting_writes_what_is_saved(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD, STAGING)
        actions = here.dialog.side.export.menu().actions()
        actions[1].trigger()
        asked = here.shown(QFileDialog)
        asked.fileSelected.emit("/data/all.toml")
        asked.close()
        actions[0].trigger()
        here.shown(QFileDialog).fileSelected.emit("/data/one.toml")
        assert here.book.exported == [("/data/all.toml", (PROD.name, STAGING.name)), ("/data/one.toml", (PROD.name,))]
        assert "without secrets" in here.words

    run(story())


def test_importing_leads_back_to_the_list(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD)
        here.press("importProfiles")
        asked = here.shown(ProfileImportDialog)
        here.book.profiles.append(HQ)
        asked.imported.emit([HQ.name])
        assert here.edit("name").text() == HQ.name
        assert "1 profile was taken over, without secrets." in here.words

    run(story())


def test_the_effective_network_is_said_for_the_form_as_it_stands(stage: Make, run: Run, until: Until) -> None:
    async def effective(profile: Profile) -> EffectiveNetwork:
        reason = RouteReason.MANUAL if profile.proxy_url else RouteReason.EXEMPT
        routes = (
            Route(profile.iam_endpoint, profile.proxy_url, reason),
            Route(
                profile.cbr_endpoint, profile.proxy_url, RouteReason.MANUAL if profile.proxy_url else RouteReason.NONE
            ),
        )
        variables = (Variable("HTTPS_PROXY", "http://***@old:1", True), Variable("SSLKEYLOGFILE", "/keys", False))
        return EffectiveNetwork(routes, (), profile.ca_file, profile.address_family, variables)

    async def story() -> None:
        here = stage(replace(PROD, ca_file="/etc/company.pem"), effective=effective)
        here.form._network.tell()
        await until(lambda: "Requests to iam.eu-de.otc.t-systems.com go directly: it is among" in here.words)
        assert "Requests to cbr.eu-de.otc.t-systems.com go directly, as this profile says." in here.words
        assert "Certificates are checked by the authorities of the system and /etc/company.pem." in here.words
        assert "The variable HTTPS_PROXY (http://***@old:1) is set and used." in here.words
        assert "The variable SSLKEYLOGFILE (/keys) is set, but not used here." in here.words
        here.choose("proxy", ProxyMode.MANUAL)
        assert "Enter the proxy's address" in here.words
        here.fill(proxy_url="http://me:x@proxy:3128")
        assert "Leave the login out of the address" in here.words
        here.fill(proxy_url="http://proxy:3128")
        here.form._network.tell()
        await until(lambda: "Requests go through the proxy http://proxy:3128, as this profile says." in here.words)
        here.press("saveProfile")

    run(story())


def test_a_project_of_another_region_and_a_pale_colour_are_only_warned_of(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD)
        here.fill(project="eu-nl_prod", colour="#ffff00")
        assert "Project ‘eu-nl_prod’ belongs to region eu-nl, not to eu-de." in here.words
        assert "Choose a darker colour." in here.words
        here.press("saveProfile")

    run(story())


def test_everything_can_be_reached_and_has_a_name(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(replace(PROD, way=Way.AGENCY, agency="a", agency_domain="b", proxy=ProxyMode.MANUAL))
        for widget in here.dialog.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                named = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
                assert named or widget.objectName().startswith("qt_"), (type(widget).__name__, widget.objectName())

    run(story())


def test_names_of_others_are_shown_literally(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(replace(PROD, name="<b>x</b>\u202e", iam_endpoint="https://<img>"))
        for label in here.dialog.findChildren(QLabel):
            assert label.textFormat() is Qt.TextFormat.PlainText, label.objectName()

    run(story())


def test_the_wheel_changes_nothing(stage: Make, run: Run) -> None:
    async def story() -> None:
        here = stage(PROD)
        for box in here.form.findChildren(QComboBox):
            assert type(box).__name__ == "NoWheelComboBox", box.objectName()

    run(story())
