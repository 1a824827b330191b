"""The window of settings: how the program looks, and where its files are."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.states import counted
from cbr_desktop.text.words import page_title
from cbr_desktop.ui.kit.elided_label import Line
from cbr_desktop.ui.kit.fonts import PERCENTS, show_percent, stored_percent
from cbr_desktop.ui.kit.links import open_folder
from cbr_desktop.ui.kit.tables.density import COMFORTABLE, COMPACT, stored_density
from cbr_desktop.ui.kit.theme import Theme
from cbr_desktop.ui.kit.tokens import NEAR
from cbr_desktop.ui.kit.widgets import button_row, do, push_button
from cbr_desktop.ui.kit.window_size import make_room
from cbr_desktop.ui.session.network_settings import (
    AT_ONCE,
    AT_ONCE_CHOICES,
    SPARES,
    spares_metered,
    stored_at_once,
)
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.refresh_pace import CHOICES, SETTING, stored_seconds

_DENSITIES = {COMFORTABLE: N_("Comfortable"), COMPACT: N_("Compact")}
_FOLDERS = {"config": N_("Profiles"), "data": N_("Outbox and journal"), "logs": N_("Log")}


class SettingsDialog(QDialog):
    """Everything that is chosen here counts at once, and at the next start.

    Signals:
        theme_chosen: the theme should be this one.
        density_chosen: the rows of tables should stand so close.
        utc_chosen: whether times should be told in UTC.
        menu_bar_chosen: whether the menu bar should be shown.
        keys_requested: the list of keys should open.
        pace_chosen: the lists should be read more often, or less.
    """

    theme_chosen = Signal(object)
    density_chosen = Signal(object)
    utc_chosen = Signal(bool)
    menu_bar_chosen = Signal(bool)
    keys_requested = Signal()
    pace_chosen = Signal()

    def __init__(
        self,
        workspace: Workspace,
        themes: Sequence[tuple[Theme, str]],
        theme: Theme,
        parent: QWidget,
        *,
        is_utc: bool,
        has_menu_bar: bool,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(_("Settings"))
        self.setAccessibleName(_("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        self._themes = [each for each, _words in themes]
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        self._add_looks(form, themes, theme)
        self._add_habits(form, is_utc=is_utc, has_menu_bar=has_menu_bar)
        self._add_places(form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addStretch()
        layout.addLayout(self._buttons())
        self.setMinimumWidth(520)
        make_room(self)

    def _add_looks(self, form: QFormLayout, themes: Sequence[tuple[Theme, str]], theme: Theme) -> None:
        settings = self._workspace.settings
        self.theme = _box("settingsTheme", _("Theme"), [words for _theme, words in themes])
        self.theme.setCurrentIndex(self._themes.index(theme))
        self.theme.activated.connect(lambda row: self.theme_chosen.emit(self._themes[row]))
        form.addRow(_label(_("&Theme"), self.theme), self.theme)
        self.letters = _box(
            "settingsFontSize", _("Size of the letters"), [_percent_words(percent) for percent in PERCENTS]
        )
        self.letters.setCurrentIndex(PERCENTS.index(stored_percent(settings)))
        self.letters.activated.connect(self._choose_size)
        form.addRow(_label(_("Size of &letters"), self.letters), self.letters)
        self.density = _box("settingsDensity", _("Rows of tables"), [_(words) for words in _DENSITIES.values()])
        self.density.setCurrentIndex(list(_DENSITIES).index(stored_density(settings)))
        self.density.activated.connect(lambda row: self.density_chosen.emit(list(_DENSITIES)[row]))
        form.addRow(_label(_("Ro&ws of tables"), self.density), self.density)

    def _add_habits(self, form: QFormLayout, *, is_utc: bool, has_menu_bar: bool) -> None:
        self.utc = _tick("settingsUtc", _("Tell all times in &UTC"), is_utc)
        self.utc.toggled.connect(self.utc_chosen)
        form.addRow(_label(), self.utc)
        self.menu_bar = _tick("settingsMenuBar", _("Show the &menu bar (Ctrl+M)"), has_menu_bar)
        self.menu_bar.toggled.connect(self.menu_bar_chosen)
        form.addRow(_label(), self.menu_bar)
        self.pace = _box("settingsRefresh", _("Read the lists"), [_pace_words(seconds) for seconds in CHOICES])
        self.pace.setToolTip(
            tooltip(
                _(
                    "While the window cannot be seen, and on battery, it is done less often. Requests under way are"
                    " followed all the same."
                )
            )
        )
        self.pace.setCurrentIndex(CHOICES.index(stored_seconds(self._workspace.settings)))
        self.pace.activated.connect(self._choose_pace)
        form.addRow(_label(_("&Read the lists"), self.pace), self.pace)
        settings = self._workspace.settings
        self.metered = _tick("settingsMetered", _("Less often on a metered &network"), spares_metered(settings))
        self.metered.setToolTip(
            tooltip(_("A network that the system calls metered, such as that of a telephone: half as often"))
        )
        self.metered.toggled.connect(self._spare_metered)
        form.addRow(_label(), self.metered)
        self.at_once = _box("settingsAtOnce", _("Requests at a time"), [_count_words(each) for each in AT_ONCE_CHOICES])
        self.at_once.setToolTip(
            tooltip(
                _(
                    "How many pages of lists are asked for at the same time, for each profile. Automatic is more of"
                    " them the farther away the service is."
                )
            )
        )
        self.at_once.setCurrentIndex(AT_ONCE_CHOICES.index(stored_at_once(settings)))
        self.at_once.activated.connect(lambda row: settings.put(AT_ONCE, AT_ONCE_CHOICES[row]))
        form.addRow(_label(_("Re&quests at a time"), self.at_once), self.at_once)

    def _add_places(self, form: QFormLayout) -> None:
        form.addRow(_label(_("Drafts")), self._drafts_row())
        for name, folder in self._workspace.folders.items():
            if name in _FOLDERS:
                form.addRow(_label(_(_FOLDERS[name])), self._folder_row(name, folder))
        keys = QPushButton(_("&Keys…"))
        keys.setObjectName("settingsKeys")
        keys.setAccessibleName(_("Keys"))
        keys.setAutoDefault(False)
        keys.clicked.connect(self.keys_requested)
        row = QHBoxLayout()
        row.addWidget(keys)
        row.addStretch()
        form.addRow(_label(_("Keyboard")), row)

    def _buttons(self) -> QHBoxLayout:
        close = push_button(_("Close"), "settingsClose", self.close)
        close.setDefault(True)
        return button_row(close)

    def _drafts_row(self) -> QHBoxLayout:
        store = self._workspace.draft_store
        self.folder = Line("settingsDrafts", self, middle=True)
        self.folder.tell(store.folder if store is not None else _("Not known yet"))
        choose, show = QPushButton(_("C&hoose…")), QPushButton(_("Show"))
        for button, name, act in (
            (choose, "chooseDrafts", self._choose_folder),
            (show, "showDrafts", self._show_folder),
        ):
            button.setObjectName(name)
            button.setAccessibleName(button.text().replace("&", ""))
            button.setAutoDefault(False)
            button.setEnabled(store is not None)
            button.clicked.connect(act)
        show.setAccessibleName(_("Show in folder: {name}").format(name=page_title("Drafts")))
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        row.addWidget(show)
        return row

    def _folder_row(self, name: str, folder: str) -> QHBoxLayout:
        line = Line(f"settingsFolder{name.title()}", self, middle=True)
        line.tell(folder)
        show = QPushButton(_("Show"))
        show.setObjectName(f"showFolder{name.title()}")
        show.setAccessibleName(_("Show in folder: {name}").format(name=_(_FOLDERS[name])))
        show.setAutoDefault(False)
        show.clicked.connect(partial(do, partial(open_folder, folder)))
        row = QHBoxLayout()
        row.setSpacing(NEAR)
        row.addWidget(line, 1)
        row.addWidget(show)
        return row

    def _choose_size(self, row: int) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            show_percent(application, self._workspace.settings, PERCENTS[row])

    def _choose_pace(self, row: int) -> None:
        self._workspace.settings.put(SETTING, CHOICES[row])
        self.pace_chosen.emit()

    def _spare_metered(self, is_spared: bool) -> None:
        self._workspace.settings.put(SPARES, is_spared)
        self.pace_chosen.emit()

    def _choose_folder(self) -> None:
        store = self._workspace.draft_store
        if store is None:
            return
        dialog = QFileDialog(self, _("Folder of the drafts"), store.folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.take_folder)
        dialog.open()

    def take_folder(self, folder: str) -> None:
        """Look at another folder of drafts, now and at the next start."""
        store = self._workspace.draft_store
        if store is not None:
            store.choose(folder)
            self.folder.tell(store.folder)

    def _show_folder(self) -> None:
        store = self._workspace.draft_store
        if store is not None:
            open_folder(store.folder)


def _label(words: str = "", buddy: QWidget | None = None) -> QLabel:
    label = QLabel(words)
    label.setObjectName("settingsLabel")
    label.setTextFormat(Qt.TextFormat.PlainText)
    if buddy is not None:
        label.setBuddy(buddy)
    return label


def _box(name: str, accessible: str, words: Sequence[str]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(accessible)
    box.addItems(list(words))
    return box


def _tick(name: str, words: str, is_on: bool) -> QCheckBox:
    tick = QCheckBox(words)
    tick.setObjectName(name)
    tick.setChecked(is_on)
    return tick


def _percent_words(percent: int) -> str:
    return _("As the desktop") if percent == 100 else f"{percent} %"


def _count_words(count: int) -> str:
    if not count:
        return _("Automatic")
    return _("One after the other") if count == 1 else _("{count} at most").format(count=count)


def _pace_words(seconds: int) -> str:
    if not seconds:
        return _("Only when I ask (F5)")
    return counted("Every {count} minute", "Every {count} minutes", seconds // 60)
