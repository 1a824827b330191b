"""The outbox: every request of every open profile, where it stands, and what a person can do about it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from cbr_desktop.domain.blast import destroys
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import IntentId
from cbr_desktop.domain.intent import WAITING, Intent, IntentState, Reason
from cbr_desktop.domain.outcome import Outcome
from cbr_desktop.text.catalogue import N_, _, ngettext, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.intents import intent_sentence
from cbr_desktop.text.operations import words_of
from cbr_desktop.text.plain import plain
from cbr_desktop.text.requests import (
    intent_mark,
    place_words,
    release_sentence,
    request_name,
    request_words,
    subject_words,
    waiting_words,
)
from cbr_desktop.text.states import counted, grouped, quoted
from cbr_desktop.text.words import NONE, ListNotice, Times
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.page import CheckpointTarget, Page
from cbr_desktop.ui.kit.tables.column import AgeField, Column, Field, TextField
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.kit.widgets import verb_buttons
from cbr_desktop.ui.outbox.release import ReleaseDialog
from cbr_desktop.ui.outbox.resend import ResendDialog
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.outcomes import outcome_of

_HOLDABLE = frozenset({IntentState.QUEUED, IntentState.SCHEDULED})
_IN_DOUBT = frozenset({IntentState.SENDING, IntentState.UNKNOWN, IntentState.ACCEPTED})
"""The states in which a second request could make a second checkpoint, so that no form is offered for one."""


class OutboxPage(Page[Intent]):
    """The requests of all open profiles, whatever is looked at: a change of scope must not hide one.

    Signals:
        outcome_requested: the id of the request whose outcome should open.
        edit_requested: the id of the request that should be opened in the form, to be changed and sent anew.
        confirmation_requested: the id of a request that destroys something and should go after another look at that.
    """

    name = "Outbox"
    parts = (Part.INTENTS, Part.TASKS)
    default_sort = ("made", Qt.SortOrder.DescendingOrder)
    hint = "state:held vault:erp age>1d"
    chips = ((N_("Held"), "state:held"), (N_("Refused"), "state:rejected"), (N_("No trace found"), "state:not"))

    outcome_requested = Signal(object)
    edit_requested = Signal(object)
    confirmation_requested = Signal(object)

    _VERBS: ClassVar[dict[str, tuple[str, str]]] = {
        "hold": (N_("&Hold"), N_("Keep what waits from being sent until you release it")),
        "release": (N_("&Release"), N_("Confirm again, so that it is sent")),
        "cancel": (N_("&Take back"), N_("Take back what has not been sent (Delete)")),
        "look": (N_("&Keep looking"), N_("Look once more for what became of it; nothing is sent by that")),
        "again": (N_("&Send again…"), N_("See what was looked for, then decide")),
        "outcome": (N_("Open &outcome"), N_("What became of it, resource by resource")),
        "edit": (N_("&Edit as new…"), N_("Open it in the form, to change it and send it as a new request")),
    }

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        self._orphans: dict[IntentId, Intent] = {}
        self._looked_for: tuple[str, ...] | None = None
        self._is_told_beside = False
        super().__init__(workspace, times, parent)
        self._tasks = TaskOwner(self)
        self._tasks.failed.connect(self._tell_failed)
        self._looking_after = QTimer(self)
        self._looking_after.setSingleShot(True)
        self._looking_after.timeout.connect(self._look_for_orphans)
        self._add_bar()
        self.view.selection_altered.connect(self._tell_choice)
        self.model.arranged.connect(self._tell_choice)
        key = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.view)
        key.setContext(Qt.ShortcutContext.WidgetShortcut)
        key.activated.connect(self.buttons["cancel"].click)
        self._tell_choice()

    def columns(self) -> Sequence[Column[Intent]]:
        """Return the columns, those of the first start first."""
        times = self._times
        return [
            Column("state", _("State"), self._state, self._state, 22, mark=lambda i: intent_mark(i, self._outcome(i))),
            Column("name", _("Name"), self.name_words, lambda i: i.name or None, 30, middle=True, elastic=True),
            Column("vault", _("Done to"), subject_words, subject_words, 20, hint=lambda i: i.subject.id, middle=True),
            Column("waiting", _("Waiting for / note"), self._waiting, self._waiting, 36, hint=self._sentence),
            Column("profile", _("Profile"), lambda i: i.target.profile, lambda i: i.target.profile, 14),
            Column("region", _("Region"), self._region_words, self._region_words, 9, shown=False),
            _age_column("made", _("Made"), _made_at, times),
            _age_column("sent", _("Sent"), lambda i: i.sent_at, times),
            Column(
                "due",
                _("Due"),
                lambda i: times.text(i.due_at),
                lambda i: i.due_at,
                19,
                hint=lambda i: times.both(i.due_at),
                whole=True,
            ),
            Column("by", _("By"), lambda i: i.by or NONE, lambda i: i.by or None, 18, minor=True),
            Column(
                "request-id",
                _("Request id"),
                lambda i: _request_id(i) or NONE,
                lambda i: _request_id(i) or None,
                30,
                minor=True,
            ),
            Column("draft", _("Draft"), draft_words, lambda i: i.draft or None, 20, hint=lambda i: i.draft, minor=True),
            Column("plan", _("Plan"), lambda i: i.plan or NONE, lambda i: i.plan or None, 20, shown=False),
            Column("project", _("Project"), lambda i: i.target.project, lambda i: i.target.project, 16, shown=False),
            Column("checkpoint", _("Made id"), _checkpoint_words, _checkpoint_words, 34, shown=False),
            Column("id", "ID", lambda i: i.id, lambda i: i.id, 34, shown=False),
        ]

    def fields(self) -> Sequence[Field[Intent]]:
        """Return what the filter can ask for."""
        return (
            TextField("state", lambda i: f"{i.state} {self._state(i)}", lambda i: str(i.state)),
            TextField("name", lambda i: i.name),
            TextField(
                "vault",
                lambda i: f"{i.subject.name} {i.subject.id}" if i.change.vault_id else "",
                lambda i: i.subject.name if i.change.vault_id else "",
            ),
            TextField("to", lambda i: f"{subject_words(i)} {i.subject.id}", subject_words),
            TextField("does", lambda i: words_of(i).title),
            *self.place_fields(),
            TextField("waiting", self._waiting),
            TextField("by", lambda i: i.by),
            TextField("draft", lambda i: i.draft),
            TextField("plan", lambda i: i.plan),
            TextField("request", _request_id),
            AgeField("age", _made_at, self._times.now),
        )

    def rows(self) -> list[Intent]:
        """Return all requests, and those that are kept of profiles that are gone."""
        opened, names = self._workspace.open.intents, self._names()
        orphans = [i for i in self._orphans.values() if i.id not in opened and i.target.profile not in names]
        return [*opened.values(), *orphans]

    def id_of(self, row: Intent) -> str:
        """Return the id of a request."""
        return row.id

    def id_and_name(self, row: Intent) -> tuple[str, str]:
        """Return the id of a request and the name that it asks for."""
        return row.id, row.name

    def name_words(self, row: Intent) -> str:
        """Return the name that a request asks for; one name twice is no riddle here, the columns tell them apart."""
        return words_of(row).name(row)

    def owners(self, row: Intent) -> list[Ledger]:
        """Return the ledger of the profile that a request was made from."""
        return [member for member in self._workspace.open.members if row.id in member.intents]

    def search_text(self, row: Intent) -> str:
        """Return what words are looked for in."""
        target = row.target
        parts = (row.id, row.name, row.subject.name, row.subject.id, target.profile, target.project, row.by)
        return "\n".join(
            (*parts, words_of(row).title, row.draft, _request_id(row), self._state(row), self._waiting(row))
        )

    def target(self) -> CheckpointTarget:
        """Return the vault of the cursor's request, where it is known."""
        row = self.view.current_row()
        vault_id = row.change.vault_id if row is not None else None
        return (vault_id, ()) if vault_id in self._workspace.open.vaults else (None, ())

    def tell_scope(self) -> None:
        """Take over another scope: profiles may have been opened by that."""
        self._is_stale = True

    def age_words(self) -> str:
        """Return nothing: what is kept here does not grow old."""
        return ""

    def stale_words(self) -> str:
        """Return nothing: what is kept here is all there is."""
        return ""

    def empty_notice(self, total: int) -> ListNotice | None:
        """Return what to say where no request is shown."""
        if total:
            return super().empty_notice(total)
        why = _("What you send, queue or schedule is kept here from then on, with all that became of it.")
        return ListNotice(_("No requests yet"), why, _("Create checkpoint"), "create")

    def note_details(self, shown: bool) -> None:
        """Say below the table only what the details do not say beside it."""
        if shown is not self._is_told_beside:
            self._is_told_beside = shown
            self._tell_choice()

    def extend_menu(self, menu: QMenu) -> None:
        """Offer what can be done about the selected requests."""
        for verb, button in self.buttons.items():
            if button.isEnabled():
                action = menu.addAction(button.text())
                action.triggered.connect(self._acts[verb])
                if verb == "cancel":
                    action.setShortcut(QKeySequence(Qt.Key.Key_Delete))

    # those that have no profile any more

    def take_orphans(self, intents: Sequence[Intent]) -> None:
        """Show what is kept of profiles that are gone: nothing can be done about it but adding the profile again."""
        self._orphans = {intent.id: intent for intent in intents}
        self._take()

    def _names(self) -> tuple[str, ...]:
        return tuple(profile.name for profile in self._workspace.profiles)

    def _look_for_orphans(self) -> None:
        read, names = self._workspace.orphans, self._names()
        if read is not None:
            self._looked_for = names
            self._tasks.start(asyncio.to_thread(read, names), self.take_orphans, group="strays")

    def _take(self) -> None:
        if self._workspace.orphans is not None and self._looked_for != self._names():
            self._looking_after.start()  # once the loop turns, beside the window
        super()._take()

    def _own(self) -> list[Intent]:
        """Return the selected requests that have a profile, so that something can be done about them."""
        return [row for row in self.view.selected_rows() if row.id in self._workspace.open.intents]

    def _tell_failed(self, error: object) -> None:
        if isinstance(error, CbrError):
            self.remarked.emit(error_sentence(error))

    # the bar

    def _add_bar(self) -> None:
        self._acts: dict[str, Callable[[], None]] = {
            "hold": self.hold,
            "release": self.release,
            "cancel": self.cancel,
            "look": self.keep_looking,
            "again": self.send_again,
            "outcome": self._open_outcome,
            "edit": self._edit,
        }
        row = self.head.new_row()
        self.buttons = verb_buttons("outbox", self._VERBS, self._acts, row.button_parent)
        self.head.add_row(row, self.buttons.values())
        self.sentence: QLabel = label(name="outboxSentence")
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)  # noqa: S101  # every page has one
        layout.addWidget(self.sentence)

    def _tell_choice(self) -> None:
        """Say what the selected requests are, and offer what can be done about them."""
        chosen, rows = self.view.selected_rows(), self._own()
        states = {row.state for row in rows}
        held = [row for row in rows if row.state is IntentState.HELD]
        possible = {
            "hold": bool(states & _HOLDABLE),
            "release": bool(held),
            "cancel": bool(states & WAITING),
            "look": IntentState.NOT_FOUND in states,
            "again": len(chosen) == len(rows) == 1 and IntentState.NOT_FOUND in states,
            "outcome": len(chosen) == len(rows) == 1,
            "edit": len(chosen) == len(rows) == 1 and not states & _IN_DOUBT,
        }
        for verb, button in self.buttons.items():
            button.setEnabled(possible[verb])
            # what cannot be done is not there: eight buttons are wider than a small window
            button.setVisible(possible[verb])
        words = _("&Release selected ({count})…").format(count=len(held)) if len(held) > 1 else _("&Release")
        self.buttons["release"].setText(words)
        self.buttons["release"].setAccessibleName(words.replace("&", ""))
        words = self._choice_words(chosen, held)
        self.sentence.setText(words)
        self.sentence.setVisible(bool(words and self._rows))

    def _choice_words(self, rows: list[Intent], held: list[Intent]) -> str:
        if len(rows) != 1:
            if not rows:
                return _("Select a request to see where it stands and what can be done about it.")
            return ngettext(
                "{count} request selected, {held} of them held.",
                "{count} requests selected, {held} of them held.",
                len(rows),
            ).format(count=grouped(len(rows)), held=len(held))
        sentence = "" if self._is_told_beside else self._sentence(rows[0])
        if held and held[0].reason != Reason.ELSEWHERE:
            context = self._context(held[0])
            released = release_sentence(held[0], context.profile, self._times.now(), _hindrance(context))
            sentence = sentences(sentence, released)
        return plain(sentence, 1000)

    # what a person does

    def hold(self) -> None:
        """Keep the selected requests that wait from being sent."""
        held = [row for row in self._own() if self._context(row).outbox.hold(row.id)]
        self._say_done(held, _("Held"), _("Nothing of that is sent until you release it."))

    def release(self) -> None:
        """Confirm the selected requests that are held: one at once, of several the list is shown first.

        What destroys something is looked at again, and so it goes one at a time.
        """
        chosen = [row for row in self._own() if row.state is IntentState.HELD]
        held = [row for row in chosen if not _destroys(row)]
        if len(chosen) == 1 and not held:
            self.confirmation_requested.emit(chosen[0].id)
        elif len(held) < len(chosen):
            left = counted("{count} request", "{count} requests", len(chosen) - len(held))
            self.remarked.emit(
                _("Left held: {left}. What cannot be taken back is released one at a time.").format(left=left)
            )
        if len(held) > 1:
            dialog = ReleaseDialog(
                [(row, self._context(row)) for row in held], self._times, self, self._workspace.settings
            )
            dialog.confirmed.connect(self._release)
            dialog.open()
        else:
            self._release([row.id for row in held])

    def cancel(self) -> None:
        """Take back the selected requests that have not left."""
        rows = [row for row in self._own() if row.state in WAITING]
        done = [row for row in rows if self._context(row).outbox.cancel(row.id)]
        self._say_done(done, _("Taken back"), _("Nothing was sent."))
        if len(done) < len(rows):
            late = len(rows) - len(done)
            self.remarked.emit(
                counted(
                    "Too late for {count} request: sent already.", "Too late for {count} requests: sent already.", late
                )
            )

    def keep_looking(self) -> None:
        """Look once more for the selected requests of which no trace was found."""
        for row in self._own():
            self._context(row).outbox.keep_looking(row.id)

    def send_again(self) -> None:
        """Show what was looked for, and let a person decide."""
        row = next((row for row in self._own() if row.state is IntentState.NOT_FOUND), None)
        if row is not None:
            context = self._context(row)
            dialog = ResendDialog(row, place_words(row, context.profile), self._times.now(), self)
            dialog.look_requested.connect(partial(context.outbox.keep_looking, row.id))
            send = partial(self.confirmation_requested.emit, row.id)
            dialog.send_requested.connect(send if _destroys(row) else partial(self._send_again, context, row))
            dialog.open()

    def _send_again(self, context: ProfileContext, row: Intent) -> None:
        try:
            made = context.outbox.send_again(row.id)
        except CbrError as error:
            self.remarked.emit(_("Not sent. {error}").format(error=error_sentence(error)))
        except ValueError:
            self.remarked.emit(
                _("Not sent: meanwhile it stands otherwise, or its profile leads elsewhere. Look at it again.")
            )
        else:
            self.remarked.emit(
                _("Queued again: {row}. The first request stays in the list.").format(row=self._named(row))
            )
            self.show_row(made.id)

    def _release(self, ids: list[IntentId]) -> None:
        done, problems = [], []
        for id in ids:
            context = self._workspace.context_of_intent(id)
            row = context.ledger.intents[id]
            try:
                if context.outbox.release(id):
                    done.append(row)
                elif row.state is IntentState.HELD:
                    problems.append(_("{row}: its profile leads elsewhere now.").format(row=self._named(row)))
            except CbrError as error:
                problems.append(f"{self._named(row)}: {error_sentence(error)}")
        where = place_words(done[0], self._context(done[0]).profile) if len(done) == 1 else ""
        self._say_done(
            done,
            _("Released"),
            _("It goes to {where}.").format(where=where) if where else _("They are sent one by one."),
        )
        if problems:
            more = len(problems) - 1
            rest = counted("({count} more)", "({count} more)", more) if more else ""
            self.remarked.emit(sentences(_("Still held."), problems[0], rest))

    def _say_done(self, rows: list[Intent], verb: str, more: str) -> None:
        if rows:
            what = self._named(rows[0]) if len(rows) == 1 else counted("{count} request", "{count} requests", len(rows))
            self.remarked.emit(sentences(_("{done}: {what}.").format(done=verb, what=what), more))

    def _open_outcome(self) -> None:
        for row in self._own():
            self.outcome_requested.emit(row.id)

    def _edit(self) -> None:
        for row in self._own():
            self.edit_requested.emit(row.id)
            if row.state in WAITING:
                self.remarked.emit(
                    _("The form makes a new request; this one stays as it is. Take it back if the new one replaces it.")
                )

    # words

    def _context(self, row: Intent) -> ProfileContext:
        return self._workspace.context_of_intent(row.id)

    def _outcome(self, row: Intent) -> Outcome | None:
        return outcome_of(self._workspace.open, row)

    def _state(self, row: Intent) -> str:
        return request_words(row, self._outcome(row)).partition(":")[0]

    def _waiting(self, row: Intent) -> str:
        return waiting_words(row, self._outcome(row), self._times.now())

    def _sentence(self, row: Intent) -> str:
        return intent_sentence(row, self._outcome(row), self._times.now())

    def _named(self, row: Intent) -> str:
        if not words_of(row).is_counted:
            return quoted(request_name(row), 160)
        return (
            quoted(row.name, 64)
            if row.name
            else _("a request for {subject}").format(subject=quoted(row.subject.label, 64))
        )


def _destroys(intent: Intent) -> bool:
    """Whether a request cannot be taken back once it is carried out."""
    return destroys(OPERATIONS[intent.change.kind].effect)


def draft_words(intent: Intent) -> str:
    """Return the name of the file that a request came from."""
    return PurePath(intent.draft).name if intent.draft else NONE


def _hindrance(context: ProfileContext) -> str:
    """Return what keeps a profile from letting anything through, empty when nothing does."""
    if context.guard.sealed is not None:
        return error_sentence(context.guard.sealed)
    return "" if context.guard.is_open else _("The profile is read-only: arm it before.")


def _made_at(intent: Intent) -> datetime | None:
    return intent.created_at


def _request_id(intent: Intent) -> str:
    return intent.request_id or (intent.refusal.request_id if intent.refusal else "")


def _checkpoint_words(intent: Intent) -> str:
    return intent.result.id if intent.result is not None and intent.result.id != intent.subject.id else NONE


def _age_column(key: str, title: str, at: Callable[[Intent], datetime | None], times: Times) -> Column[Intent]:
    return Column(
        key,
        title,
        lambda i: times.short_age(at(i)),
        at,
        14,
        hint=lambda i: times.both(at(i)),
        copied=lambda i: times.text_and_age(at(i)),
        whole=True,
    )
