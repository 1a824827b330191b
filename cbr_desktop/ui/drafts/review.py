"""Requests from elsewhere: looked at first, and taken into the drafts by a person. Nothing can be sent from here."""

from collections.abc import Callable
from pathlib import PurePath

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain import draft
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import Finding, Severity
from cbr_desktop.domain.foreign import Foreign, foreign
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.notes import note_sentence, note_severity
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import counted, shown
from cbr_desktop.ui.kit.icons import mark_icon
from cbr_desktop.ui.kit.lines import MARK_SIZE, SEVERITY_MARKS, MarkedLine, label
from cbr_desktop.ui.kit.widgets import ask_for_file, button_row, push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.json_field import JsonText
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.workflows.preflight import Preflight

Judge = Callable[[Document], Preflight]
Read = Callable[[str], bytes]

_SIZE_SHOWN = 200_000
"""Letters of a text that are shown; what is taken over is whole all the same."""
_BANNER = N_("From outside: review it, then take it into your drafts. It cannot be sent from here.")
_PASTE = N_(
    "Paste a cURL command, or the JSON of a request or of hcloud --cli-jsonInput. Nothing is run, asked or sent;"
    " addresses and secrets are left out."
)


class ReviewDialog(QDialog):
    """Shows a request from elsewhere: what was read of it, what was left out, and what is found about it.

    Signals:
        taken: the text of a draft and a name for it: a person has taken it over.
    """

    taken = Signal(str, str)

    def __init__(
        self, judge: Judge, title: str, parent: QWidget | None = None, settings: Settings | None = None
    ) -> None:
        super().__init__(parent)
        self._judge = judge
        self._stem = "from-outside"
        self._found: Foreign | None = None
        self.setObjectName("draftReview")
        self.setWindowTitle(plain(title, 120))
        self.setAccessibleName(plain(title, 120))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlags(Qt.WindowType.Window)
        self.banner = MarkedLine("draftReviewBanner")
        self.banner.say(SEVERITY_MARKS[Severity.WARN], _(_BANNER))
        self.source = label(name="draftReviewSource")
        self.outcome = JsonText("draftReviewText")
        self.outcome.setReadOnly(True)
        self.outcome.setAccessibleName(_("The request as it was read"))
        self.notes = QListWidget()
        self.notes.setObjectName("draftReviewNotes")
        self.notes.setAccessibleName(_("What is to be said of it"))
        self.notes.setWordWrap(True)
        self.notes.setIconSize(MARK_SIZE)
        self.notes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.take = push_button(_("&Take into drafts"), "draftReviewTake", self._take)
        self.take.setEnabled(False)
        self._lay_out()
        take_room(self, QSize(980, 640), settings)

    def open(self) -> None:
        """Show the window, non-modal."""
        self.setModal(False)
        self.show()
        self.activateWindow()

    def show_data(self, data: bytes, name: str) -> None:
        """Read a request that came in a file of this name."""
        self.source.setText(plain(name, 300))
        self._stem = draft.stem_of(PurePath(name).name) or self._stem
        self._show(foreign(data))

    def show_trouble(self, error: CbrError, name: str) -> None:
        """Say that a file cannot be read."""
        self.source.setText(plain(name, 300))
        self._found = None
        self.notes.clear()
        self._add(Severity.BLOCK, error_sentence(error))
        self.take.setEnabled(False)

    def _show(self, found: Foreign) -> None:
        self._found = found
        self.notes.clear()
        findings = self._findings(found.text) if found.text is not None else []
        said = [(note_severity(note), note_sentence(note)) for note in found.notes]
        said += [(f.severity, finding_sentence(f)) for f in findings if f.severity is not Severity.INFO]
        for severity, words in sorted(said, key=lambda row: row[0].value):
            self._add(severity, words)
        text = found.text or ""
        self.outcome.show_text(text[:_SIZE_SHOWN])
        if len(text) > _SIZE_SHOWN:
            left = counted("{count} letter", "{count} letters", len(text) - _SIZE_SHOWN)
            self._add(
                Severity.INFO, _("{left} more are not shown here, and are taken over all the same.").format(left=left)
            )
        self.outcome.mark(list(draft.lines_of(self.outcome.plain_text, findings)))
        if not self.notes.count():
            self._add(Severity.INFO, _("There is nothing to remark."))
        self.take.setEnabled(found.text is not None)

    def _findings(self, text: str) -> list[Finding]:
        document, findings = draft.read_any(text)
        judged = self._judge(document).findings if document is not None else ()
        return [*findings, *judged]

    def _add(self, severity: Severity, words: str) -> None:
        icon = mark_icon(SEVERITY_MARKS[severity])
        self.notes.addItem(QListWidgetItem(icon, words))

    def _take(self) -> None:
        """Hand the text over; the window stays until that went well."""
        if self._found is not None and self._found.text is not None:
            self.taken.emit(self._found.text, self._stem)

    def _parts(self) -> list[QWidget]:
        return [self.outcome, self.notes]

    def _tools(self) -> list[QWidget]:
        return []

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        for part in self._parts():
            split.addWidget(part)
        split.setStretchFactor(0, 3)
        self.take.setProperty("primary", True)
        close = push_button(_("Close"), "draftReviewClose", self.close)
        foot = button_row(close, self.take, beside=self._tools())
        layout = QVBoxLayout(self)
        layout.addWidget(self.banner)
        layout.addWidget(self.source)
        layout.addWidget(split, 1)
        layout.addLayout(foot)


class RequestImportDialog(ReviewDialog):
    """The same for what is pasted, or chosen as a file; ``read`` reads one and raises ``Damaged``."""

    def __init__(
        self, judge: Judge, read: Read, parent: QWidget | None = None, settings: Settings | None = None
    ) -> None:
        self._read = read
        self.paste = QPlainTextEdit()
        self.paste.setObjectName("draftImportText")
        self.paste.setAccessibleName(_("Text to import"))
        self.paste.setPlaceholderText(_("curl https://…/checkpoints -H 'X-Auth-Token: …' -d '{\"checkpoint\": …}'"))
        self.paste.setTabChangesFocus(True)
        super().__init__(judge, _("Import a request"), parent, settings)
        self._stem = "imported"
        self.banner.say(SEVERITY_MARKS[Severity.INFO], _(_PASTE))
        self.source.hide()
        self.paste.textChanged.connect(self._pasted)
        self.paste.setFocus()

    def _parts(self) -> list[QWidget]:
        return [self.paste, *super()._parts()]

    def _tools(self) -> list[QWidget]:
        return [push_button(_("From a &file…"), "draftImportFile", self._ask_file)]

    def _pasted(self) -> None:
        text = self.paste.toPlainText()
        if text.strip():
            self._show(foreign(text.encode("utf-8", "surrogatepass")))
        else:
            self.notes.clear()
            self.outcome.show_text("")
            self.take.setEnabled(False)

    def _ask_file(self) -> None:
        ask_for_file(
            self,
            _("Import a request from a file"),
            "draftImportFileDialog",
            [_("Requests and commands (*.json *.txt *.sh *.cmd *.bat)")],
            self.show_file,
        )

    def show_file(self, path: str) -> None:
        """Read a file as if it had been pasted; its text is not put into the field, since it may hold a secret."""
        self.source.show()
        try:
            self.show_data(self._read(path), path)
        except CbrError as error:
            self.show_trouble(error, path)


def review_title(path: str) -> str:
    """Return the title of the window over a file."""
    return _("{name} — from outside").format(name=shown(PurePath(path).name, 80))
