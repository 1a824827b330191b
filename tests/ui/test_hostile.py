"""Text of others attacks every screen: it is shown literally, cut, and never taken for anything but text."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.vault import Vault
from cbr_desktop.text.plain import exact, plain
from cbr_desktop.ui.checkpoint.dialog import CheckpointDialog
from cbr_desktop.ui.kit.links import HELP, HELP_HOSTS, open_link
from cbr_desktop.ui.kit.lookalikes import duplicates, looks
from cbr_desktop.ui.kit.tables.copying import as_json
from cbr_desktop.ui.shell.list_window import open_help
from cbr_desktop.ui.shell.navigation import NAMES
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.ui.vaults.page import VaultsPage
from tests.ui import estate, hostile
from tests.ui.counter import Counter
from tests.ui.mnemonics import clashes
from tests.ui.sinks import rich_text_sinks
from tests.widgets import words

Show = Callable[[str], list[QWidget]]


class Desktop(QObject):
    """Hears what the desktop is asked to open."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    @Slot(QUrl)
    def hear(self, url: QUrl) -> None:
        self.heard.append(url.toString())


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    made = Desktop()
    schemes = ("file", "http", "https", "javascript")
    for scheme in schemes:
        QDesktopServices.setUrlHandler(scheme, made, "hear")
    yield made
    for scheme in schemes:
        QDesktopServices.unsetUrlHandler(scheme)


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    return partial(hostile.shown, qtbot)


@pytest.fixture(scope="module")
def marked(qapp: QApplication) -> Iterator[list[QWidget]]:  # noqa: ARG001  windows want an application
    """All windows over an estate in which every text is every attack; to open them takes a second."""
    windows = hostile.kept(f"{hostile.markup()} {' '.join(UNSEEN)} R&D {MARKS[:99]} {LONG[:2500]}")
    yield windows
    for window in windows:
        window.close()
        window.deleteLater()


# 65: markup


def test_fault_65_markup_is_shown_literally_everywhere(marked: list[QWidget], desktop: Desktop) -> None:
    windows = marked
    assert rich_text_sinks(windows) == []
    literal = [one for one, text in hostile.texts(windows) if '<a href="file:///usr/bin/xterm">x</a>' in text]
    assert {type(one).__name__ for one in literal} >= {"QLabel", "Line", "_Box"}
    for one in literal:
        if isinstance(one, QLabel) and one.isVisible():
            QTest.mouseClick(one, Qt.MouseButton.LeftButton, pos=QPoint(4, one.height() // 2))
            QTest.mouseClick(one, Qt.MouseButton.LeftButton, pos=one.rect().center())
    assert desktop.heard == []


def test_fault_65_profiles_are_shown_literally(qtbot: QtBot, run: Callable[..., None]) -> None:
    async def story() -> None:
        window = hostile.profiles_window(hostile.markup())
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(window)
        window.show()
        await asyncio.sleep(0)
        assert rich_text_sinks([window]) == []
        assert any("<img src=" in text for _, text in hostile.texts([window]))

    run(story())


# 93: a name that is nothing but markup, where Qt guesses


PICTURE = '<img src="file:///CANARY.png">'


def test_fault_93_a_profile_named_like_a_picture_is_its_name_everywhere(show: Show) -> None:
    windows = show(PICTURE)
    assert rich_text_sinks(windows) == []
    hints = [one.toolTip() for window in windows for one in window.findChildren(QWidget) if PICTURE in one.toolTip()]
    assert not hints  # it is there, but escaped
    escaped = "&lt;img src=&quot;file:///CANARY.png&quot;&gt;"
    found = {one.objectName() for window in windows for one in window.findChildren(QWidget) if escaped in one.toolTip()}
    assert "importNow" in found


def test_fault_93_a_profile_of_a_name_that_is_taken_says_so_without_markup(
    qtbot: QtBot, run: Callable[..., None]
) -> None:
    async def story() -> None:
        window = hostile.profiles_window(PICTURE)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(window)
        window.show()
        row = window._current
        assert row is not None and row.form is not None
        name = row.form.findChild(QLineEdit, "name")
        assert name is not None
        name.setText(hostile.profiles(PICTURE)[1].name)
        await asyncio.sleep(0)
        assert PICTURE in words(window)
        assert not window.save.isEnabled()
        assert rich_text_sinks([window]) == []

    run(story())


def test_fault_93_what_is_copied_from_a_text_is_no_markup(qtbot: QtBot) -> None:
    field = QPlainTextEdit(PICTURE)
    qtbot.addWidget(field)
    field.selectAll()
    field.copy()
    copied = QApplication.clipboard().mimeData()
    assert copied.text() == PICTURE
    assert "<img" not in copied.html()


def test_fault_65_a_sign_that_menus_swallow_stays_and_no_letter_leads_to_two_things(marked: list[QWidget]) -> None:
    # Qt takes a single & in these for the mark of a key, and shows the letter after it underlined
    windows = marked
    for one, text in hostile.texts(windows):
        if isinstance(one, QAbstractButton | QAction | QTabBar) and "R&" in text:
            assert "R&&D" in text, one
    found = {(type(window).__name__, window.objectName()): clashes(window) for window in windows}
    for window in windows:
        for name in NAMES if isinstance(window, MainWindow) else ():
            window.show_page(name)
            found[name, ""] = clashes(window)
    assert len(found) > 20
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_a_walk_that_finds_nothing_would_find_a_sink(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    auto, rich, outward = (QLabel("plain words", window) for _ in range(3))
    rich.setTextFormat(Qt.TextFormat.RichText)
    outward.setTextFormat(Qt.TextFormat.PlainText)
    outward.setOpenExternalLinks(True)
    QTextBrowser(window)
    hinted = QLabel(window)
    hinted.setToolTip("<img src='x'>")
    box = QComboBox(window)
    box.addItem("x")
    box.setItemData(0, "<b>x</b>", Qt.ItemDataRole.ToolTipRole)
    menu = QMenu(window)
    menu.setToolTipsVisible(True)
    menu.addAction("<b>x</b>")
    kinds = [line.split(" ")[0] for line in rich_text_sinks([window])]
    assert kinds.count("QLabel") == 4
    assert {"QTextBrowser", "QComboBox", "QAction"} <= set(kinds)
    assert auto.textFormat() is Qt.TextFormat.AutoText


# 66: names


UNSEEN = [
    *("abc\u202egpj.exe", "pay\u200bpal\ufeff", "\u2067\u2069\u2069x"),  # from right to left, without width, isolates
    *("a\nb\r\n\u2028c", "a\0b", "a\ud800b\udfff"),  # newlines, nul, halves of characters
]
MARKS, LONG = "a" + "\u0301" * 5_000, "é" * 5_000
FILLERS = "\u3164\u115f\U000e0041"


# all windows are opened for this; tests/reliability/giants has every kind on its own
def test_fault_66_a_name_of_nothing_but_fillers_is_one_line_in_which_everything_is_seen(show: Show) -> None:
    every_text_is_one_line_in_which_everything_is_seen(show(FILLERS))


def test_fault_66_a_name_is_one_line_in_which_everything_is_seen(marked: list[QWidget]) -> None:
    every_text_is_one_line_in_which_everything_is_seen(marked)


def every_text_is_one_line_in_which_everything_is_seen(windows: list[QWidget]) -> None:
    assert rich_text_sinks(windows) == []
    unseen = set("\u202e\u200b\ufeff\u2067\u2028\r\0\u3164\u115f\U000e0041")
    for one, text in hostile.texts(windows):
        assert not unseen & set(text), one
        assert not any(0xD800 <= ord(character) < 0xE000 for character in text), one
        assert "\u0301" * 9 not in text, one
        assert len(text) <= 2100, one


def test_fault_66_text_from_right_to_left_leaves_its_surroundings_alone() -> None:
    name = "خادم-01"
    isolated = plain(name)
    assert isolated == f"\u2068{name}\u2069"
    assert plain(f"Policy: {isolated} (disabled)") == f"Policy: {isolated} (disabled)"
    assert exact(isolated) == name
    assert plain(f"\u2069{name}").count("\u2069") == 1
    assert len(plain(name * 1000)) == 500
    assert plain(name * 1000).endswith("…\u2069")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vault-prod", "vault-prod"),
        ("vault-prod", "vаult-prod"),
        ("vault-prod", "vault-\u200bprod"),
        ("vault-01", "vault-O1"),
        ("vault-prod", "ｖault-prod"),
        ("vault‑prod", "vault-prod"),
        ("ΑΒΕ", "ABE"),
        ("corner", "comer"),
    ],
)
def test_names_that_look_alike_are_twins(one: str, other: str) -> None:
    assert looks(one) == looks(other)
    assert duplicates([("11111111-a", one), ("22222222-b", other)]) == {
        "11111111-a": "11111111",
        "22222222-b": "22222222",
    }
    assert duplicates([("11111111-a", one), ("11111111-b", other)]) == {
        "11111111-a": "11111111-a",
        "11111111-b": "11111111-b",
    }
    assert duplicates([("1", one), ("1", other), ("2", "quite another")]) == {}


def test_names_of_other_alphabets_are_no_twins() -> None:
    assert (
        duplicates(
            [("1", "резервная"), ("2", "копия"), ("3", "备份"), ("4", "恢复"), ("5", "vault-1"), ("6", "vault-2")]
        )
        == {}
    )


def alike() -> list[Vault]:
    return [estate.vault(1, "vault-prod", 1, 10), estate.vault(2, "vаult-prod", 1, 10), estate.vault(3, "other", 1, 10)]


def test_fault_66_two_names_that_look_alike_show_their_ids(qtbot: QtBot) -> None:
    counter = Counter(alike())
    dialog = CheckpointDialog(counter.context)
    qtbot.addWidget(dialog)
    lines = [dialog.vault.box.itemText(row) for row in range(3)]
    assert [estate.uid(1) in lines[1], estate.uid(2) in lines[2], estate.uid(3) in lines[0]] == [True, True, False]
    workspace = estate.workspace(filled=False)
    estate.ledger(workspace).put_vaults(estate.Listing(alike(), estate.NOW))
    window = MainWindow(workspace)
    window._may_close = True
    qtbot.addWidget(window)
    window.show()
    page = window.current_page()
    assert isinstance(page, VaultsPage)
    names = [page.model.data(page.model.index(row, 0)) for row in range(3)]
    assert names == ["other", f"vault-prod · {estate.uid(1)[:8]}", f"vаult-prod · {estate.uid(2)[:8]}"] or names == [
        "other",
        f"vault-prod · {estate.uid(1)}",
        f"vаult-prod · {estate.uid(2)}",
    ]


def test_fault_66_the_target_shows_id_and_region(qtbot: QtBot) -> None:
    counter = Counter(alike())
    dialog = CheckpointDialog(counter.context, alike()[1].id)
    qtbot.addWidget(dialog)
    identity = dialog.findChild(QLabel, "checkpointVaultId")
    assert identity is not None
    assert identity.text() == f"{estate.uid(2)} · region eu-de"


def test_json_shows_what_cannot_be_seen_and_stays_exact() -> None:
    vault = estate.vault(1, "a\u202eb\u200b\ud800\U000e0041é", 1, 10)
    text = as_json(vault)
    assert "a\\u202eb\\u200b\\ud800\\udb40\\udc41é" in text
    assert text.replace("\n", "").isprintable()


# 67: links


GOOD = "https://support.huaweicloud.com/intl/en-us/api-cbr/cbr_04_0002.html"
BAD = [
    "javascript:alert(1)",
    "file:///usr/bin/xterm",
    "\\\\host\\share",
    "//support.huaweicloud.com/",
    "http://support.huaweicloud.com/",
    "HTTPS://support.huaweicloud.com/",
    "https://evil@support.huaweicloud.com/",
    "https://support.huaweicloud.com@evil.example/",
    "https://support.huaweicloud.com:443/",
    "https://support.huaweicloud.com:8443/",
    "https://support.huaweicloud.com.evil.example/",
    "https://evil.example/support.huaweicloud.com/",
    "https://evil.example#support.huaweicloud.com/",
    "https://evil.example?support.huaweicloud.com/",
    "https://support.huaweicloud.com\\@evil.example/",
    "https://support.huaweicloud.com%2eevil.example/",
    "https:/support.huaweicloud.com/",
    "https:///support.huaweicloud.com/",
    "https://support.huaweicloud.com./",
    "https://SUPPORT.huaweicloud.com/",
    "https://suppоrt.huaweicloud.com/",
    "https://xn--supprt-hye.huaweicloud.com/",
    "https://support.huaweicloud。com/",
    "https://support.huaweicloud.com/\n",
    "https://support.huaweicloud.com/\x00",
    "https://support.huaweicloud.com/a b",
    "https://support.huaweicloud.com/\u202egpj",
    "https://support.huaweicloud.com/" + "a" * 3000,
    " https://support.huaweicloud.com/",
    "https://[::1]/",
    "https://support.huaweicloud.com/%zz",
    "https://",
    "",
]


def test_fault_67_the_allow_list_is_opened(desktop: Desktop) -> None:
    assert open_link(GOOD, HELP_HOSTS)
    assert desktop.heard == [GOOD]
    assert not open_link(GOOD, {"docs.otc.t-systems.com"})
    assert not open_link(GOOD, HELP_HOSTS, lambda _url: False)


@pytest.mark.parametrize("url", BAD)
def test_fault_67_nothing_else_is_opened(desktop: Desktop, url: str) -> None:
    opened: list[str] = []
    assert not open_link(url, HELP_HOSTS, lambda one: bool(opened.append(one)) or True)
    assert not open_link(url, HELP_HOSTS)
    assert opened == desktop.heard == []


def test_fault_67_help_opens_the_address_that_it_shows(qtbot: QtBot) -> None:
    opened: list[str] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    sheet = open_help(parent, lambda url: bool(opened.append(url)) or True)
    sheet.finish()
    shown = [label.text() for label in sheet.findChildren(QLabel)]
    for number, link in enumerate(HELP):
        button = sheet.findChild(QAbstractButton, f"documentation{number}")
        assert button is not None
        assert link.url in shown
        button.click()
    assert opened == [link.url for link in HELP]
    QApplication.sendPostedEvents()
