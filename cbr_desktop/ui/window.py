"""The main window: navigation, pages, details, drawer and status bar of one profile, and the keys that move about."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.ui.band import ProfileBand
from cbr_desktop.ui.desk import Desk
from cbr_desktop.ui.icons import icon
from cbr_desktop.ui.pages.page import Page
from cbr_desktop.ui.pages.vaults import VaultLore, VaultsPage
from cbr_desktop.ui.theme import Dress, Theme
from cbr_desktop.ui.words import Times
from cbr_desktop.workflows.ledger import Part

OpenDialog = Callable[[Desk, VaultId | None, Sequence[ResourceId], QWidget], QWidget]
OpenOutcome = Callable[[Desk, IntentId, QWidget], QWidget]

_PAGES = ("Vaults",)
_DEFAULT_SIZE = QSize(1280, 800)
_THEME_WORDS = {Theme.SYSTEM: "As the desktop", Theme.LIGHT: "Light", Theme.DARK: "Dark"}


class MainWindow(QMainWindow):
    """Shows one profile.

    Signals:
        leave_requested: the window was asked to close; it stays until ``close_for_good``.
    """

    leave_requested = Signal()

    def __init__(self, desk: Desk, open_dialog: OpenDialog, open_outcome: OpenOutcome) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("CBR Desktop")
        self.setAccessibleName("CBR Desktop")
        self._desk = desk
        self._open_dialog = open_dialog
        self._open_outcome = open_outcome
        self._may_close = False
        application = QApplication.instance()
        assert isinstance(application, QApplication)  # noqa: S101  # no widget could be made without one
        self._dress = Dress(application, _theme(desk.settings.get("window/theme", "system")), self)
        self._times = Times(desk.clock, utc=desk.settings.get("window/times", "local") == "utc")
        self._lore = VaultLore(desk.ledger)
        self._pages: dict[str, Page[object]] = {}
        self._build()
        self._connect()
        self._restore()

    # what the application asks

    def close_for_good(self) -> None:
        """Close the window, remembering where everything was."""
        self._may_close = True
        self._remember()
        self.close()

    def show_vault(self, vault_id: VaultId) -> None:
        """Show a vault among the vaults."""
        self.show_page("Vaults")
        self.page("Vaults").show_row(vault_id)

    def open_checkpoint_dialog(
        self, vault_id: VaultId | None = None, resource_ids: Sequence[ResourceId] = ()
    ) -> QWidget:
        """Open the dialog for a new checkpoint."""
        return self._open_dialog(self._desk, vault_id, resource_ids, self)

    def open_outcome(self, intent_id: IntentId) -> QWidget:
        """Open what became of a request."""
        return self._open_outcome(self._desk, intent_id, self)

    # pages

    def page(self, name: str) -> Page[object]:
        """Return a page, making it when it is first asked for."""
        if name not in self._pages:
            made = self._make_page(name)
            self._pages[name] = made
            self._stack.addWidget(made)
            made.checkpoint_wished.connect(self.open_checkpoint_dialog)
            made.vault_wished.connect(self.show_vault)
        return self._pages[name]

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""
        self.navigation.setCurrentRow(_PAGES.index(name))

    def current_page(self) -> Page[object]:
        """Return the page in front."""
        return self.page(_PAGES[max(0, self.navigation.currentRow())])

    def _make_page(self, name: str) -> Page[object]:
        return VaultsPage(self._desk, self._times, self._lore)  # type: ignore[return-value]

    def _turn_to(self, place: int) -> None:
        page = self.page(_PAGES[place])
        self._stack.setCurrentWidget(page)
        page.catch_up()

    # building

    def _build(self) -> None:
        central = QWidget(self)
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.band = ProfileBand(self._desk.profile, is_demo=self._desk.is_demo, parent=central)
        layout.addWidget(self.band)
        self._split = QSplitter(Qt.Orientation.Horizontal, central)
        self._split.setObjectName("areas")
        self.navigation = _navigation(self._split)
        self._stack = QStackedWidget(self._split)
        self._stack.setObjectName("pages")
        layout.addWidget(self._split, 1)
        self.setCentralWidget(central)

    def _connect(self) -> None:
        self._desk.board.changed.connect(self._take)
        self.navigation.currentRowChanged.connect(self._turn_to)
        self.band.refresh_wished.connect(self._ask_refresh)

    def _restore(self) -> None:
        self.resize(_DEFAULT_SIZE)
        self.navigation.setCurrentRow(0)

    def _remember(self) -> None:
        pass

    def _ask_refresh(self) -> None:
        self._desk.refresh.ask()

    def _take(self, part: Part) -> None:
        for page in self._pages.values():
            page.refresh(part)

    # Qt asks

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask to leave at first; close when everything else has been put away."""
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.leave_requested.emit()


def _navigation(parent: QWidget) -> QListWidget:
    navigation = QListWidget(parent)
    navigation.setObjectName("navigation")
    navigation.setAccessibleName("Navigation")
    for name in _PAGES:
        QListWidgetItem(icon(name.lower()), name, navigation)
    return navigation


def _theme(stored: object) -> Theme:
    return next((theme for theme in Theme if theme == stored), Theme.SYSTEM)
