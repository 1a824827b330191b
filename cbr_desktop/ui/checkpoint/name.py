"""The name field: what is typed stays as it was typed, and what cannot be sent is shown in its place."""

import platform
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QPoint, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QPalette
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.checkpoint import NAME_LIMIT, fixed_name, forbidden_spans, name_findings, repaired_name
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.template import PRESETS, TICKET, Rendered, uses
from cbr_desktop.text.catalogue import _, enumerated, listed
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.request_findings import template_sentence
from cbr_desktop.text.states import counted, shown
from cbr_desktop.ui.kit.finding_lines import FindingLines
from cbr_desktop.ui.kit.lines import label, offence
from cbr_desktop.workflows.naming import with_own_part

_UNDERLINED = 100
"""Parts of a name that are underlined at most; a pasted novel must not stop the window."""
_LENGTH_LIMIT = 1_000_000
"""What the field takes at all: far more than a name, so that nothing is cut without a word."""
Naming = Callable[[str, str], Rendered]
"""Gives the name that a template makes of what is known now, and of the number of a ticket."""


class NameField(QWidget):
    """The name of a request, with a template that fills it in until the operator types.

    Signals:
        changed: another name.
        template_chosen: another template was written.
    """

    changed = Signal()
    template_chosen = Signal(str)

    def __init__(self, rules: NameRules, template: str, naming: Naming, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = rules
        self._naming = naming
        self._given: str | None = ""
        self._made = Rendered("")
        self.edit = QLineEdit()
        self.edit.setObjectName("checkpointName")
        self.edit.setAccessibleName(_("Name"))
        self.edit.setMaxLength(_LENGTH_LIMIT)
        self.edit.setPlaceholderText(_("Empty: the service chooses a name"))
        self.edit.textChanged.connect(self._judge)
        self.counter = QLabel()
        self.counter.setTextFormat(Qt.TextFormat.PlainText)
        self.counter.setObjectName("checkpointNameCounter")
        self.lines = FindingLines("checkpointNameSentence")
        self.spaces = label(name="checkpointNameSpaces")
        self.unique = label(_("Unique by its random part: a lost answer is found again by it."), "checkpointNameUnique")
        self.unique.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.fix = QPushButton()
        self.fix.setObjectName("checkpointNameFix")
        self.fix.setAutoDefault(False)
        self.fix.clicked.connect(self._fix)
        self.own = QPushButton(_("Add a random endin&g"))
        self.own.setObjectName("checkpointNameOwnPart")
        self.own.setToolTip(tooltip(_("Puts letters and digits at the end, so that the name is no other's")))
        self.own.setAutoDefault(False)
        self.own.clicked.connect(self._add_own_part)
        self.own.hide()
        self.template = TemplateRow(template, naming)
        self.template.changed.connect(self._follow_template)
        self.template.ticket_changed.connect(self.refresh)
        self._lay_out()
        self.refresh()

    @property
    def text(self) -> str:
        """The name as it would be sent."""
        return self.edit.text()

    @property
    def template_problems(self) -> tuple[tuple[str, str], ...]:
        """What is wrong with the template, when the name comes from it."""
        return self._made.problems if self.text == self._given else ()

    def set_text(self, name: str) -> None:
        """Put a name in that is not made by the template and stays."""
        self._made = Rendered("")
        self._given = None
        self.edit.setText(name)

    def refresh(self) -> None:
        """Fill the template in again, unless another name stands there than the one that it gave."""
        if self.text == self._given:
            self._made = self._naming(self.template.text, self.template.ticket)
            self._given = self._made.name
            self.edit.setText(self._given)
        self.template.show_result()
        if self.template_problems:
            self._use.setChecked(True)
        self._judge()

    def show_findings(self, findings: list[Finding]) -> None:
        """Show what is found about the name, and offer to make it unique where another has it."""
        # what is wrong with the template is said beside it
        self.lines.show_findings(each for each in findings if each.kind is not FindingKind.NAME_TEMPLATE)
        self.own.setVisible(any(finding.kind is FindingKind.NAME_TAKEN for finding in findings))
        self.edit.setAccessibleDescription(self.lines.text())

    def _lay_out(self) -> None:
        heading = label(_("&Name"))
        heading.setBuddy(self.edit)
        self._use = use = QToolButton()
        use.setText(_("&Template"))
        use.setObjectName("checkpointNameTemplateButton")
        use.setCheckable(True)
        use.toggled.connect(self.template.setVisible)
        head = QHBoxLayout()
        head.addWidget(heading, 1)
        head.addWidget(self.counter)
        row = QHBoxLayout()
        row.addWidget(self.edit, 1)
        row.addWidget(self.fix)
        row.addWidget(self.own)
        row.addWidget(use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addLayout(row)
        for widget in (self.unique, self.spaces, self.lines, self.template):
            layout.addWidget(widget)
        self.template.hide()

    def _follow_template(self) -> None:
        self._given = self.text
        self.template_chosen.emit(self.template.text)
        self.refresh()

    def _judge(self) -> None:
        name = self.text
        self.counter.setText(f"{len(name)}/{NAME_LIMIT}")
        self.counter.setToolTip(
            tooltip(_("{count} of at most {limit} characters").format(count=len(name), limit=NAME_LIMIT))
        )
        self.unique.setVisible(bool(name) and name == self._given and not self.template_problems)
        self.spaces.setText(_spaces_words(name))
        self.spaces.setVisible(bool(self.spaces.text()))
        self.show_findings(name_findings(name, self._rules))
        self._offer_fix(name)
        self._underline(name)
        self.changed.emit()

    def _offer_fix(self, name: str) -> None:
        fixed, inner = fixed_name(name, self._rules), name.strip()
        replaced = sum(a != b for a, b in zip(inner, repaired_name(inner, self._rules), strict=False))
        words = [counted("replace {count} character", "replace {count} characters", replaced)] if replaced else []
        words += (
            [counted("drop {count} space", "drop {count} spaces", len(name) - len(inner))]
            if len(name) > len(inner)
            else []
        )
        words += [_("cut {count}").format(count=len(inner) - NAME_LIMIT)] if len(inner) > NAME_LIMIT else []
        self.fix.setText(_("Fi&x: {changes}").format(changes=listed(words)))
        self.fix.setToolTip(tooltip(_("Makes it {repaired}").format(repaired=shown(fixed))))
        self.fix.setVisible(bool(words))

    def _fix(self) -> None:
        self.set_text(fixed_name(self.text, self._rules))
        self.edit.setFocus()

    def _add_own_part(self) -> None:
        self.set_text(with_own_part(self.text))
        self.edit.setFocus()

    def _underline(self, name: str) -> None:
        """Underline what cannot be sent. A line edit takes formats from an input method alone, so it gets them so."""
        form = offence(self.edit.palette())
        kind = QInputMethodEvent.AttributeType.TextFormat
        cursor = self.edit.cursorPosition()
        attributes = []
        for start, end in forbidden_spans(name, self._rules)[-_UNDERLINED:]:
            begin = _units(name[:start])
            attributes.append(QInputMethodEvent.Attribute(kind, begin - cursor, _units(name[start:end]), form))
        QCoreApplication.sendEvent(self.edit, QInputMethodEvent("", attributes))


class TemplateRow(QWidget):
    """The template of the default name: its text, ready-made ones, and the name it gives now.

    A template that wants the number of a ticket has a field for it.

    Signals:
        changed: another template.
        ticket_changed: another ticket.
    """

    changed = Signal()
    ticket_changed = Signal()

    def __init__(self, template: str, naming: Naming, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._naming = naming
        self._edit = QLineEdit(template)
        self._edit.setObjectName("checkpointNameTemplate")
        self._edit.setAccessibleName(_("Name template"))
        self._edit.textEdited.connect(self.changed)
        self._presets = QMenu(self)
        for preset in PRESETS:
            self._presets.addAction(preset).setData(preset)
        self._presets.triggered.connect(lambda action: self._choose(action.data()))
        more = QPushButton(_("Ready-&made…"))
        more.setObjectName("checkpointNamePresets")
        more.setAutoDefault(False)
        more.clicked.connect(lambda: self._presets.popup(more.mapToGlobal(QPoint(0, more.height()))))
        heading = label(_("Template"))
        heading.setBuddy(self._edit)
        self._ticket = QLineEdit()
        self._ticket.setObjectName("checkpointNameTicket")
        self._ticket.setAccessibleName(_("Ticket"))
        self._ticket.setPlaceholderText(_("The number of the change or ticket"))
        self._ticket.textEdited.connect(self.ticket_changed)
        self._ticket_heading = label(_("Ticket"))
        self._ticket_heading.setBuddy(self._ticket)
        self._result = label(name="checkpointNameTemplateResult")
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 0, 0, 0)
        layout.addWidget(heading, 0, 0)
        layout.addWidget(self._edit, 0, 1)
        layout.addWidget(more, 0, 2)
        layout.addWidget(self._ticket_heading, 1, 0)
        layout.addWidget(self._ticket, 1, 1)
        layout.addWidget(self._result, 2, 1, 1, 2)
        layout.setColumnStretch(1, 1)

    @property
    def text(self) -> str:
        """The template as it is written."""
        return self._edit.text()

    @property
    def ticket(self) -> str:
        """The number of the ticket as it is written, empty where the template wants none."""
        return self._ticket.text() if uses(self.text, TICKET) else ""

    def show_result(self) -> None:
        """Show the name that the template gives, or what is wrong with the template."""
        for widget in (self._ticket_heading, self._ticket):
            widget.setVisible(uses(self.text, TICKET))
        made = self._naming(self.text, self.ticket)
        problems = " ".join(template_sentence(problem) for problem in made.problems)
        self._result.setText(
            problems
            or _("Gives {made} ({count}/{limit})").format(made=made.name, count=len(made.name), limit=NAME_LIMIT)
        )

    def _choose(self, template: str) -> None:
        self._edit.setText(template)
        self.changed.emit()


def host_name() -> str:
    """Return this machine's name for templates."""
    return platform.node().partition(".")[0]


def _spaces_words(name: str) -> str:
    """Return the name with its outer spaces made visible, or nothing when it has none."""
    left = len(name) - len(name.lstrip())
    right = len(name) - len(name.rstrip()) if name.strip() else 0
    if not left and not right:
        return ""
    before = counted("{count} space before the name", "{count} spaces before the name", left)
    after = counted("{count} space after the name", "{count} spaces after the name", right)
    words = enumerated([words for words, count in ((before, left), (after, right)) if count])
    return _("{spaces}: {name}").format(spaces=words, name=f"{'␠' * left}{shown(name.strip())}{'␠' * right}")


def _units(text: str) -> int:
    """Return the length as Qt counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
