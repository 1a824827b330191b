"""The checkpoints: the backups seen once more, one row a restore point."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from cbr_desktop.domain.ids import CheckpointId
from cbr_desktop.domain.restore_point import Maker, PointState, RestorePoint
from cbr_desktop.text.catalogue import N_, NN_, _, sentences
from cbr_desktop.text.marks import mark
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.restore_points import (
    built_sentence,
    counts_hint,
    counts_words,
    duration_cell,
    maker_hint,
    point_maker_token,
    point_maker_words,
    point_state_words,
    took,
)
from cbr_desktop.text.states import grouped, status_words
from cbr_desktop.text.words import NONE, ListNotice, Times
from cbr_desktop.ui.kit.page import CheckpointTarget, Page
from cbr_desktop.ui.kit.pieces import AT_ONCE
from cbr_desktop.ui.kit.tables.column import AgeField, Column, DateField, Field, NumberField, TextField
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Freshness, Ledger, Part, Reading
from cbr_desktop.workflows.restore_points import RestorePoints


class CheckpointsPage(Page[RestorePoint]):
    """The restore points that tasks, backups and requests tell of, newest first.

    Signals:
        backups_requested: the backups of a restore point (its id) should be shown.
    """

    backups_requested = Signal(str)

    name = "Checkpoints"
    parts = (Part.BACKUPS, Part.TASKS, Part.INTENTS, Part.VAULTS, Part.POLICIES)
    is_derived = True
    default_sort = ("started", Qt.SortOrder.DescendingOrder)
    hint = "vault:erp by:program state:part"
    chips = (
        (N_("Failed or in part"), "state:failed,partial"),
        (N_("Running"), "state:running"),
        (N_("By this program"), "by:program"),
    )
    counts = NN_("{count} checkpoint", "{count} checkpoints")

    def __init__(
        self, workspace: Workspace, times: Times, parent: QWidget | None = None, *, at_once: int = AT_ONCE
    ) -> None:
        self._points = RestorePoints(workspace.scope)
        super().__init__(workspace, times, parent)
        self.at_once = at_once
        self.head.titles.title.setToolTip(tooltip(built_sentence()))

    def columns(self) -> Sequence[Column[RestorePoint]]:
        """Return the columns, those of the first start first."""
        times = self._times
        return [
            Column(
                "name",
                _("Name"),
                lambda p: p.name or NONE,
                lambda p: p.name or None,
                24,
                hint=lambda p: p.id,
                middle=True,
            ),
            *self.place_columns(),
            Column("vault", _("Vault"), _vault_words, lambda p: _vault_words(p), 18, middle=True),
            Column(
                "state",
                _("State"),
                point_state_words,
                lambda p: status_words(p.state),
                16,
                mark=lambda p: mark(p.state),
            ),
            Column(
                "counts",
                _("Resources"),
                counts_words,
                lambda p: (p.skipped or 0) + p.failed,
                20,
                hint=counts_hint,
                copied=counts_hint,
            ),
            Column(
                "progress",
                "%",
                lambda p: _("{percent} %").format(percent=p.progress_percent) if _runs(p) else NONE,
                lambda p: p.progress_percent,
                6,
                shown=False,
            ),
            Column(
                "started",
                _("Started"),
                lambda p: times.short_age(p.started_at),
                lambda p: p.started_at,
                14,
                hint=lambda p: times.both(p.started_at),
                copied=lambda p: times.text_and_age(p.started_at),
            ),
            Column("duration", _("Duration"), lambda p: duration_cell(p, times), _seconds, 12),
            Column(
                "by",
                _("By"),
                self._maker_words,
                self._maker_words,
                16,
                hint=lambda p: maker_hint(p, self._workspace.scope.policies),
                icon=lambda p: "policies" if p.maker is Maker.POLICY else "",
                middle=True,
            ),
            Column("left", _("Backups"), lambda p: grouped(p.left), lambda p: p.left, 9, shown=False, right=True),
            Column("draft", _("Draft file"), lambda p: p.draft or NONE, lambda p: p.draft or None, 24, shown=False),
            Column("id", "ID", lambda p: p.id, lambda p: p.id, 34, shown=False),
        ]

    def fields(self) -> Sequence[Field[RestorePoint]]:
        """Return what the filter can ask for."""
        times = self._times
        return [
            TextField("name", lambda p: p.name),
            TextField("id", lambda p: p.id),
            *self.place_fields(),
            TextField("vault", lambda p: f"{p.vault_name} {p.vault_id or ''}", lambda p: p.vault_name),
            TextField("state", lambda p: f"{p.state.value} {status_words(p.state)}", lambda p: p.state.value),
            TextField("by", lambda p: point_maker_token(p, self._workspace.scope.policies), lambda p: p.maker.value),
            TextField("draft", lambda p: p.draft),
            NumberField("accepted", lambda p: p.accepted),
            NumberField("skipped", lambda p: p.skipped),
            NumberField("failed", lambda p: p.failed),
            NumberField("backups", lambda p: p.left),
            AgeField("age", lambda p: p.started_at, times.now),
            DateField("started", lambda p: p.started_at, times.begin, times.now),
        ]

    def work_out(self) -> Iterator[None]:
        """Put together the restore points of which something tells otherwise."""
        return self._points.follow()

    def rows(self) -> list[RestorePoint]:
        """Return what is put together by now."""
        return self._points.points

    def held(self, _ledger: Reading) -> Mapping[Any, RestorePoint]:
        """Return nothing: what is put together from lists that change is not marked."""
        return {}

    def id_of(self, row: RestorePoint) -> str:
        """Return the id of a restore point."""
        return row.id

    def id_and_name(self, row: RestorePoint) -> tuple[str, str]:
        """Return id and name of a restore point."""
        return row.id, row.name

    def owners(self, row: RestorePoint) -> list[Ledger]:
        """Return the ledgers that know the vault of a restore point, or the request that made it."""
        members = self._workspace.scope.members
        return [each for each in members if row.vault_id in each.vaults or row.intent_id in each.intents]

    def search_text(self, row: RestorePoint) -> str:
        """Return what words are looked for in."""
        return f"{row.name}\n{row.id}\n{row.vault_name}\n{row.vault_id or ''}\n{row.by}\n{row.draft}"

    def target(self) -> CheckpointTarget:
        """Return the vault of the cursor's restore point, where it is known."""
        row = self.view.current_row()
        if row is None or row.vault_id not in self._workspace.scope.vaults:
            return (None, ())
        return (row.vault_id, ())

    def extend_menu(self, menu: QMenu) -> None:
        """Offer its backups, a checkpoint of the same vault, and the way to the vault."""
        row = self.view.current_row()
        if row is None:
            return
        shown = menu.addAction(_("Show its backups"))
        shown.setEnabled(bool(row.left))
        shown.triggered.connect(self._request_backups)
        if self.target()[0] is not None:
            super().extend_menu(menu)
            menu.addAction(_("Show the vault")).triggered.connect(self._request_vault)

    def empty_notice(self, total: int) -> ListNotice | None:
        """Return what to say where no row is shown, with what the list is put together from."""
        if self.is_at_work and not total:
            return ListNotice(_("Putting the checkpoints together…"), built_sentence())
        notice = super().empty_notice(total)
        if notice is None or total:
            return notice
        return notice._replace(why=sentences(notice.why, built_sentence()))

    def _freshness(self, ledger: Ledger) -> list[Freshness]:
        return [ledger.freshness[part] for part in (Part.BACKUPS, Part.TASKS)]

    def _maker_words(self, point: RestorePoint) -> str:
        return point_maker_words(point, self._workspace.scope.policies)

    def _request_backups(self) -> None:
        row = self.view.current_row()
        if row is not None:
            self.backups_requested.emit(CheckpointId(row.id))

    def _request_vault(self) -> None:
        row = self.view.current_row()
        if row is not None:
            self.vault_requested.emit(row.vault_id)


def _vault_words(point: RestorePoint) -> str:
    return point.vault_name or point.vault_id or NONE


def _runs(point: RestorePoint) -> bool:
    return point.state is PointState.RUNNING


def _seconds(point: RestorePoint) -> float | None:
    span = took(point)
    return span.total_seconds() if span is not None else None
