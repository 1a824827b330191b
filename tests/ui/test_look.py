"""The look: contrast of every theme, by the tokens and as painted; what gives way where there is little room."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.vault import VaultStatus
from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import ListNotice, Times
from cbr_desktop.ui.kit import tokens
from cbr_desktop.ui.kit.action_row import ActionRow
from cbr_desktop.ui.kit.chips import Chips
from cbr_desktop.ui.kit.elided_label import Line
from cbr_desktop.ui.kit.empty_panel import EmptyPanel
from cbr_desktop.ui.kit.icons import _DRAWINGS, icon, mark_icon, picture
from cbr_desktop.ui.kit.lines import MARK_SIZE
from cbr_desktop.ui.kit.sparkline import Sparkline, points
from cbr_desktop.ui.kit.tables.fitting import Wish, fitted
from cbr_desktop.ui.kit.theme import (
    ENVIRONMENT_COLOURS,
    Theme,
    apply,
    contrast,
    desktop_theme,
    ink_on,
    palette,
    seen_on,
    tone_colour,
)
from cbr_desktop.ui.kit.tokens import NEAR, Colours
from cbr_desktop.ui.kit.window_size import available, make_room, take_room
from cbr_desktop.ui.shell.navigation import NAMES
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.ui.vaults.page import VaultIndex, VaultsPage
from tests.ui import estate

THEMES = {
    Theme.LIGHT: tokens.LIGHT,
    Theme.DARK: tokens.DARK,
    Theme.HIGH_CONTRAST: tokens.CONTRAST_DARK,
    Theme.HIGH_CONTRAST_LIGHT: tokens.CONTRAST_LIGHT,
}
GROUNDS = ("window", "surface", "stripe", "control")
WORDS, EDGES = 4.5, 3.0


@pytest.fixture(params=THEMES, ids=str)
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Theme]:
    """Each theme in turn, on the whole application."""
    apply(qapp, request.param)
    yield request.param
    apply(qapp, Theme.LIGHT)


def pairs(_colours: Colours) -> Iterator[tuple[str, str, float]]:
    """Yield the pairs of colours that are seen together, and the contrast that each needs."""
    for ground in (*GROUNDS, "selection", "hover"):
        yield "text", ground, WORDS
    for ground in (*GROUNDS, "selection"):
        for tone in Tone:
            yield tone.value, ground, WORDS
        yield "muted", ground, WORDS
        yield "accent", ground, EDGES
    for ground in GROUNDS:
        yield "edge", ground, EDGES
    for ground in ("window", "surface"):
        yield "link", ground, WORDS
        yield "visited", ground, WORDS
    for ground in ("accent", "accent_hover"):
        yield "accent_text", ground, WORDS


@pytest.mark.parametrize("theme", THEMES, ids=str)
def test_every_pair_of_colours_that_meet_has_its_contrast(theme: Theme) -> None:
    colours = THEMES[theme]
    weak = {
        (front, ground): round(found, 2)
        for front, ground, needed in pairs(colours)
        if (found := contrast(QColor(getattr(colours, front)), QColor(getattr(colours, ground)))) < needed
    }
    assert weak == {}


@pytest.mark.parametrize("theme", THEMES, ids=str)
def test_what_is_at_stake_is_read_and_seen_in_every_theme(theme: Theme) -> None:
    assert contrast(QColor("#ffffff"), QColor("#777777")) == pytest.approx(4.48, abs=0.01)  # as WCAG has it
    white = QColor(Qt.GlobalColor.white)
    for ground in (QColor(THEMES[theme].window), QColor(THEMES[theme].surface)):
        for environment, colour in ENVIRONMENT_COLOURS.items():
            assert contrast(QColor(colour), ground) >= EDGES, environment
            assert contrast(white, QColor(colour)) >= WORDS, environment
            assert ink_on(QColor(colour)) == white
            assert seen_on(QColor(colour), ground) == QColor(colour)
        for own in ("#000050", "#ffffd0", "#000000", "#ffffff", "#808080"):  # what a person may choose
            assert contrast(seen_on(QColor(own), ground), ground) >= EDGES, own
            assert contrast(ink_on(QColor(own)), QColor(own)) >= WORDS, own


@pytest.mark.parametrize("theme", [Theme.HIGH_CONTRAST, Theme.HIGH_CONTRAST_LIGHT], ids=str)
def test_high_contrast_is_high(theme: Theme) -> None:
    colours = THEMES[theme]
    for ground in GROUNDS:
        for front in ("text", "muted", "edge", *(tone.value for tone in Tone)):
            assert contrast(QColor(getattr(colours, front)), QColor(getattr(colours, ground))) >= 7, front


def tree() -> QTreeWidget:
    made = QTreeWidget()
    made.setHeaderHidden(True)
    made.setRootIsDecorated(False)
    item = QTreeWidgetItem(["row"])
    item.setCheckState(0, Qt.CheckState.Unchecked)
    made.addTopLevelItem(item)
    return made


@pytest.mark.parametrize("make", [QCheckBox, QRadioButton, QLineEdit, QComboBox, QSpinBox, QPushButton])
def test_the_edges_of_what_can_be_operated_are_seen(theme: Theme, make: Callable[[], QWidget], qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    control = make()
    QVBoxLayout(window).addWidget(control)
    window.ensurePolished()
    window.resize(120, 60)
    image = window.grab().toImage()
    left = control.geometry().left()
    row = control.geometry().center().y()
    ground = QColor(image.pixel(1, 1))
    assert ground == QColor(THEMES[theme].window)
    assert strongest(image, row, left - 1, left + 4, ground) >= EDGES


def test_the_edges_of_ticks_in_lists_are_seen(theme: Theme, qtbot: QtBot) -> None:
    listed = tree()
    qtbot.addWidget(listed)
    listed.resize(120, 80)
    image = listed.viewport().grab().toImage()
    row = listed.visualItemRect(listed.topLevelItem(0)).center().y()
    ground = QColor(THEMES[theme].surface)
    assert QColor(image.pixel(1, row)) in (ground, QColor(THEMES[theme].stripe))
    assert strongest(image, row, 1, 20, ground) >= EDGES


def strongest(image: QImage, row: int, left: int, right: int, ground: QColor) -> float:
    """Return the highest contrast to the ground among the pixels of a row."""
    ratio = image.devicePixelRatio()
    return max(contrast(QColor(image.pixel(int(x * ratio), int(row * ratio))), ground) for x in range(left, right))


def test_gauges_and_marks_keep_their_colours_on_selected_rows(theme: Theme, qtbot: QtBot) -> None:
    page = vaults(qtbot)
    page.view.select_id(estate.uid(3))
    assert not page.view.hasFocus()
    seen = colours_of_row(page, page.view.currentIndex().row())
    assert QColor(THEMES[theme].selection).rgb() in seen
    assert tone_colour(Tone.BAD, page.palette()).rgb() in seen  # the gauge of a vault that is over-full
    assert tone_colour(Tone.GOOD, page.palette()).rgb() in seen  # the mark of its state
    assert QColor(THEMES[theme].accent).rgb() in seen  # the bar that tells the row without its tint


def colours_of_row(page: VaultsPage, position: int) -> set[int]:
    image = page.view.viewport().grab().toImage()
    index = page.model.index(position, 0)
    top, bottom = page.view.visualRect(index).top(), page.view.visualRect(index).bottom()
    return {image.pixel(x, y) for y in range(top, bottom) for x in range(image.width())}


def vaults(qtbot: QtBot, settings: estate.Notebook | None = None, width: int = 1200) -> VaultsPage:
    workspace = estate.workspace(settings=settings or estate.Notebook())
    page = VaultsPage(workspace, Times(workspace.clock), VaultIndex(workspace.scope))
    qtbot.addWidget(page)
    page.resize(width, 600)
    page.show()
    page.catch_up()
    return page


def test_marks_in_lists_follow_another_theme(qapp: QApplication) -> None:
    made = mark_icon(Mark(Shape.SQUARE, Tone.WARN))
    try:
        for theme, colours in THEMES.items():
            apply(qapp, theme)
            for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
                middle = made.pixmap(MARK_SIZE, mode).toImage().pixelColor(6, 6)
                assert middle == QColor(colours.warn), (theme, mode)
    finally:
        apply(qapp, Theme.LIGHT)


def test_links_of_the_details_are_read_in_another_theme(qapp: QApplication, qtbot: QtBot) -> None:
    apply(qapp, Theme.HIGH_CONTRAST_LIGHT)
    window = MainWindow(estate.workspace(settings=estate.Notebook()))
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.build_deferred_widgets()
    window.show_details(True)
    window.current_page().view.select_id(estate.uid(1))
    window.deferred_widgets.details.tabs.setCurrentIndex(1)
    listed = window.deferred_widgets.details.findChild(QListWidget, "relations")
    try:
        apply(qapp, Theme.DARK)
        QApplication.processEvents()
        assert listed is not None
        image, rect = listed.viewport().grab().toImage(), listed.visualItemRect(listed.item(0))
        ground = QColor(image.pixel(rect.right() - 1, rect.center().y()))
        rows = range(rect.top(), rect.bottom())
        assert max(strongest(image, row, rect.left(), rect.center().x(), ground) for row in rows) >= WORDS
    finally:
        apply(qapp, Theme.LIGHT)
        window._may_close = True


def test_a_desktop_that_asks_for_high_contrast_gets_it() -> None:
    scheme, contrast = Qt.ColorScheme, Qt.ContrastPreference
    assert desktop_theme(scheme.Dark, contrast.HighContrast) is Theme.HIGH_CONTRAST
    assert desktop_theme(scheme.Light, contrast.HighContrast) is Theme.HIGH_CONTRAST_LIGHT
    assert desktop_theme(scheme.Dark, contrast.NoPreference) is Theme.DARK
    assert desktop_theme(scheme.Unknown, contrast.NoPreference) is Theme.LIGHT


@pytest.mark.parametrize("theme", THEMES, ids=str)
def test_tones_follow_the_palette(theme: Theme) -> None:
    for tone in Tone:
        assert tone_colour(tone, palette(THEMES[theme])) == QColor(THEMES[theme].tone(tone))


# tables


def test_columns_become_as_wide_as_their_words_and_the_elastic_one_takes_the_rest() -> None:
    wishes = [Wish(50, 80, 120, elastic=True), Wish(40, 60, 60), Wish(40, 90, 200)]
    assert fitted(wishes, 1000) == [740, 60, 200]
    assert fitted(wishes, 300) == [120, 60, 120]
    assert fitted(wishes, 130) == [50, 40, 40]


def test_columns_yield_from_the_right_but_not_the_name_and_not_what_the_operator_set() -> None:
    wishes = [Wish(50, 80, 120, yields=False, elastic=True), Wish(40, 60, 60), Wish(40, 90, 200, own=70)]
    assert fitted(wishes, 120) == [50, 0, 70]
    assert fitted(wishes, 20) == [50, 0, 70]


def test_where_a_wide_column_had_to_go_a_narrow_one_may_stay() -> None:
    wishes = [Wish(50, 80, 120, yields=False, elastic=True), Wish(100, 100, 100), Wish(40, 40, 40)]
    assert fitted(wishes, 120) == [80, 0, 40]


def test_a_column_that_tells_nothing_has_room_only_beside_what_is_good_for_the_others() -> None:
    wishes = [Wish(50, 80, 120, yields=False, elastic=True), Wish(20, 20, 20, is_empty=True), Wish(40, 90, 200)]
    assert fitted(wishes, 190) == [80, 20, 90]
    assert fitted(wishes, 180) == [90, 0, 90]
    assert fitted([wishes[0], wishes[1]._replace(own=30), wishes[2]], 150) == [80, 30, 40]  # what was dragged stays
    assert fitted([wishes[0], wishes[1], wishes[1]._replace(is_empty=False, minor=True)], 100) == [80, 0, 20]


def test_a_minor_column_yields_before_those_further_right() -> None:
    wishes = [Wish(50, 80, 120, yields=False, elastic=True), Wish(40, 40, 40, minor=True), Wish(60, 60, 60)]
    assert fitted(wishes, 180) == [80, 40, 60]
    assert fitted(wishes, 170) == [110, 0, 60]
    assert fitted(wishes, 100) == [100, 0, 0]


def test_states_are_told_in_whole_words_in_a_narrow_window(qtbot: QtBot) -> None:
    page = vaults(qtbot, width=540)
    metrics, titles = QFontMetrics(page.view.font()), [column.key for column in page.model.columns]
    section = titles.index("state")
    told = [page.model.columns[section].text(row) for row in page.model.shown_rows() if row.status in set(VaultStatus)]
    assert len(set(told)) > 3
    assert all(metrics.horizontalAdvance(words) < page.view.columnWidth(section) for words in told)


@pytest.mark.parametrize("name", NAMES)
def test_no_page_scrolls_sideways_with_everything_open(name: str, qtbot: QtBot) -> None:
    window = MainWindow(estate.workspace(settings=estate.Notebook()))
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.build_deferred_widgets()
    window.show_details(True)
    page = window.show_page(name)
    view = page.view
    view.setCurrentIndex(page.model.index(0, 0))
    QApplication.processEvents()
    has_subject = page.subject() is not None
    assert window.navigation.isVisible() and window.deferred_widgets.details.isVisible() is has_subject
    assert view.horizontalScrollBar().maximum() == 0
    window._may_close = True


def test_where_there_is_room_nothing_is_cut(qtbot: QtBot) -> None:
    page = vaults(qtbot, width=1700)
    metrics = QFontMetrics(page.view.font())
    for section in page.view._visible_columns():
        column = page.model.columns[section]
        for row in page.model.shown_rows():
            if row.name != estate.NASTY:
                assert metrics.horizontalAdvance(column.text(row)) < page.view.columnWidth(section), column.key
    assert not page.view._yielded


def test_what_lies_over_an_empty_table_is_as_high_as_its_words_at_any_time(qtbot: QtBot) -> None:
    view = QTreeWidget()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    panel = EmptyPanel("Vaults", {"refresh": list}, view)
    some, many = ListNotice("Reading", "on its way"), ListNotice("None", "why " * 60, "Refresh", "refresh")
    for notice in (some, many, some):
        panel.tell(notice)
        QApplication.processEvents()
        shown = [each for each in panel.findChildren(QWidget) if each.isVisible()]
        shown.sort(key=lambda each: each.y())
        assert all(upper.geometry().bottom() < lower.y() for upper, lower in itertools.pairwise(shown))
        assert panel.height() == panel._column.heightForWidth(panel.width())


def test_in_a_wide_window_names_do_not_stand_far_from_what_is_told_of_them(qtbot: QtBot) -> None:
    page = vaults(qtbot, width=1900)
    view = page.view
    sections = view._visible_columns()
    spare = 1900 - sum(view._contents[section] for section in sections)
    assert view.columnWidth(sections[0]) - view._contents[sections[0]] < spare * 0.6
    assert view.horizontalHeader().length() <= view.viewport().width()


def test_columns_come_back_when_the_window_grows(qtbot: QtBot) -> None:
    page = vaults(qtbot, width=500)
    assert page.view._yielded
    chosen = page.view._visible_columns()
    page.view.remember()
    page.resize(1700, 600)
    assert not page.view._yielded
    assert page.view._visible_columns() == chosen


def test_a_column_without_room_is_remembered_as_chosen(qtbot: QtBot) -> None:
    settings = estate.Notebook()
    page = vaults(qtbot, settings, width=500)
    assert page.view._yielded
    page.view.remember()
    assert not vaults(qtbot, settings, width=1700).view._yielded
    assert vaults(qtbot, settings, width=1700).view._visible_columns() == page.view._visible_columns()


def test_a_column_that_the_operator_asks_for_is_shown_whatever_room_there_is(qtbot: QtBot) -> None:
    page = vaults(qtbot, width=500)
    keys = [column.key for column in page.model.columns]
    page.view._show_column(keys.index("tags"), True)
    assert not page.view.isColumnHidden(keys.index("tags"))


def test_a_width_that_the_operator_gave_stays_when_the_window_changes(qtbot: QtBot) -> None:
    page = vaults(qtbot)
    section = [column.key for column in page.model.columns].index("kind")
    page.view.setColumnWidth(section, 77)
    page.resize(900, 600)
    page.resize(1500, 600)
    assert page.view.columnWidth(section) == 77


def test_ages_are_short_in_cells_and_whole_in_copies(qtbot: QtBot) -> None:
    page = vaults(qtbot)
    keys = [column.key for column in page.model.columns]
    column = page.model.columns[keys.index("last-good")]
    row = next(row for row in page.model.shown_rows() if column.sort(row) is not None)
    assert column.text(row).endswith(" ago") and "·" not in column.text(row)
    assert column.copied is not None and "·" in column.copied(row)


def test_the_table_stays_where_it_is_when_there_is_something_to_say(qtbot: QtBot) -> None:
    page = vaults(qtbot)
    before = page.view.pos()
    page.filter.setText("colour:blue")
    page._apply_filter()
    QApplication.processEvents()
    assert page.remark.isVisible()
    assert page.view.pos() == before


# pieces


def test_chips_put_their_filter_into_the_line_and_say_whether_it_is_there(qtbot: QtBot) -> None:
    page = vaults(qtbot)
    chips = page.findChild(Chips, "chipsOfVaults")
    assert chips is not None
    button = chips.buttons["used>80"]
    button.click()
    assert page.filter.text() == "used>80" and button.isChecked()
    page.filter.setText("web")
    assert not button.isChecked()
    button.click()
    button.click()
    assert page.filter.text() == ""
    assert button.accessibleName() == "Filter: Over 80 % full"


def buttons(qtbot: QtBot) -> tuple[QWidget, ActionRow, list[QPushButton], list[str]]:
    window = QWidget()
    qtbot.addWidget(window)
    row = ActionRow("row", window)
    window.show()
    pressed: list[str] = []
    made = []
    for name in ("First", "Second", "Third"):
        button = QPushButton(name)
        button.clicked.connect(lambda _=False, name=name: pressed.append(name))
        made.append(button)
    row.add(made)
    return window, row, made, pressed


def test_buttons_without_room_are_in_a_menu(qtbot: QtBot) -> None:
    _window, row, made, pressed = buttons(qtbot)
    row.resize(row.sizeHint())
    assert all(button.isVisible() for button in made) and not row.more.isVisible()
    row.resize(row.sizeHint().width() - 20, row.height())
    assert [button.isVisible() for button in made] == [True, False, False] or made[1].isVisible()
    assert not made[2].isVisible() and row.more.isVisible()
    made[2].setEnabled(False)
    menu = row.open_menu()
    found = {action.text(): action for action in menu.actions()}
    assert "Third" in found and not found["Third"].isEnabled()
    made[2].setEnabled(True)
    again = {action.text(): action for action in row.open_menu().actions()}
    again["Third"].trigger()
    assert pressed == ["Third"]


def test_a_button_that_its_owner_hides_is_in_no_menu(qtbot: QtBot) -> None:
    _window, row, made, _ = buttons(qtbot)
    row.resize(row.minimumSizeHint())
    made[1].hide()
    row.resize(row.sizeHint())
    assert [button.isVisible() for button in made] == [True, False, True]
    made[1].show()
    row.resize(row.sizeHint())
    assert all(button.isVisible() for button in made)


def test_a_button_comes_out_of_the_menu_when_its_owner_shows_it_again(qtbot: QtBot) -> None:
    _window, row, made, _ = buttons(qtbot)
    for button in made:
        button.hide()
    row.resize(200, row.sizeHint().height())
    row.hide()
    made[0].show()
    row.show()
    assert made[0].isVisible()
    row.resize(row.minimumSizeHint())
    assert not made[0].isVisible()
    made[1].show()
    row.resize(row.sizeHint())
    assert made[0].isVisible() and made[1].isVisible() and not row.more.isVisible()


def test_a_row_is_no_wider_than_the_buttons_that_have_room_in_it(qtbot: QtBot) -> None:
    _window, row, made, _ = buttons(qtbot)
    shown = [button.sizeHint().width() + NEAR for button in made[:1]]
    row.setMaximumWidth(row.sizeHint().width() - 1)
    row.resize(row.sizeHint())
    assert row.more.isVisible()
    assert row.width() == row.more.geometry().right() + 1 < row.maximumWidth()
    assert row.width() >= sum(shown) + row.more.width()


def test_a_sparkline_makes_nothing_up() -> None:
    lines = points([0, 5, None, 10], QRectF(0, 0, 30, 10))
    assert [[(p.x(), p.y()) for p in line] for line in lines] == [[(0, 10), (10, 5)], [(30, 0)]]
    assert points([None, None], QRectF(0, 0, 30, 10)) == []
    assert points([50], QRectF(0, 0, 30, 10), 100)[0][0].y() == 5


def test_a_sparkline_says_what_it_shows(qtbot: QtBot) -> None:
    line = Sparkline("history")
    qtbot.addWidget(line)
    line.tell([1, 2, 3], "from 1 to 3 GB in 30 days", ceiling=4)
    assert line.accessibleName() == "from 1 to 3 GB in 30 days"
    assert not line.grab().isNull()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", sorted(_DRAWINGS))
def test_every_icon_is_drawn_at_every_scale(name: str) -> None:
    for ratio in (1.0, 1.5, 2.0):
        made = picture(name, 16, ratio, QColor("#123456").rgb())
        assert made.size() == QSize(16, 16) * ratio
        image = made.toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height()))
    assert not icon(name).pixmap(16).isNull()


# room


def lines(qtbot: QtBot, count: int, width: int = 0) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    for number in range(count):
        label = QLabel(f"line {number}")
        label.setMinimumSize(width, 40)
        layout.addWidget(label)
    return window


def test_a_window_that_fits_is_as_large_as_it_usually_is(qtbot: QtBot) -> None:
    window = lines(qtbot, 2)
    take_room(window, QSize(300, 200))
    assert window.size() == QSize(300, 200)


def test_a_window_is_never_larger_than_its_screen(qtbot: QtBot) -> None:
    window = lines(qtbot, 2)
    take_room(window, QSize(5000, 5000))
    assert window.size() == available(window)


@pytest.mark.parametrize("fit", [make_room, lambda window: take_room(window, QSize(300, 200))])
def test_what_has_no_room_can_be_scrolled(qtbot: QtBot, fit: Callable[[QWidget], Any]) -> None:
    window = lines(qtbot, 60)
    last = window.findChildren(QLabel)[-1]
    fit(window)
    window.show()
    room = available(window)
    assert window.height() <= room.height() and window.width() <= room.width()
    area = last.parentWidget().parentWidget().parentWidget()
    area.ensureWidgetVisible(last)  # type: ignore[attr-defined]
    assert window.rect().contains(last.mapTo(window, QPoint(0, 0)))


def test_a_window_comes_back_as_it_was_left(qtbot: QtBot) -> None:
    settings = estate.Notebook()
    window = lines(qtbot, 2)
    take_room(window, QSize(300, 200), settings, "size")
    window.show()
    window.resize(345, 234)
    window.close()
    again = lines(qtbot, 2)
    take_room(again, QSize(300, 200), settings, "size")
    assert again.size() == QSize(345, 234)


@pytest.mark.parametrize("stored", ["x", [1], [1, "2"], None, {}])
def test_a_damaged_size_is_as_if_there_were_none(qtbot: QtBot, stored: object) -> None:
    window = lines(qtbot, 2)
    take_room(window, QSize(300, 200), estate.Notebook({"size": stored}), "size")
    assert window.size() == QSize(300, 200)


def test_words_of_every_size_follow_the_desktop() -> None:
    sizes: Sequence[float] = list(tokens.TYPE.values())
    assert sizes == sorted(sizes, reverse=True)
    assert tokens.TYPE["body"] == 1


def test_names_are_cut_in_their_middle_on_every_page(qtbot: QtBot) -> None:
    window = MainWindow(estate.workspace())
    qtbot.addWidget(window)
    named = {"name", "vault", "resource", "request", "file", "backup"}
    cut_at_the_end = {
        (page, column.key)
        for page in NAMES
        for column in window.page(page).model.columns
        if column.key in named and not column.middle
    }
    assert cut_at_the_end == set()


def test_what_is_done_is_counted_apart_from_the_hours(qtbot: QtBot) -> None:
    window = MainWindow(estate.workspace())
    qtbot.addWidget(window)
    window.show()
    window.build_deferred_widgets()
    texts = [button.text() for button in window.findChildren(QAbstractButton)]
    assert any(re.fullmatch(r"Done in 24 h: \d+", text) for text in texts), texts


def test_a_line_says_nothing_where_a_few_letters_would_say_nothing(qtbot: QtBot) -> None:
    line = Line("line", least=12)
    qtbot.addWidget(line)
    line.tell("2026-11-29 – 2026-12-05")
    line.resize(line.fontMetrics().averageCharWidth() * 13, line.sizeHint().height())
    assert len(pixels(line)) > 1
    line.resize(line.fontMetrics().averageCharWidth() * 11, line.height())
    assert len(pixels(line)) == 1
    line.tell("short")
    line.resize(line.sizeHint())
    assert len(pixels(line)) > 1


def pixels(widget: QWidget) -> set[int]:
    """Return the colours in the picture of a widget."""
    image = widget.grab().toImage()
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize("theme", list(THEMES))
@pytest.mark.parametrize("kind", ["primary", "danger"])
def test_the_focus_of_a_coloured_button_is_a_ring_of_its_own(
    qtbot: QtBot, qapp: QApplication, theme: Theme, kind: str
) -> None:
    apply(qapp, theme)
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    button, other = QPushButton("Send"), QPushButton("Close")
    button.setProperty(kind, True)
    layout.addWidget(button)
    layout.addWidget(other)
    window.show()
    window.activateWindow()
    size = button.sizeHint()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    image = window.grab().toImage()
    assert button.sizeHint() == size, "nothing moves by it"
    left, middle = button.x(), button.geometry().center().y()
    ring, between, inner = (image.pixelColor(left + x, middle) for x in range(3))
    assert ring == inner and contrast(ring, between) >= EDGES
    apply(qapp, Theme.LIGHT)
