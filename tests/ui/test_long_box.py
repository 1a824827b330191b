"""The box to choose one of thousands in: what is not seen of it is not laid out."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.ui.kit.large_combo_box import ChoiceModel, LargeComboBox
from cbr_desktop.ui.kit.lines import WrappedBox

ROWS = [f"row-{number:04}" for number in range(3_000)]


class Asked(ChoiceModel[str]):
    """Counts how often it is asked how many rows it has, which Qt does for every row that it lays out."""

    count = 0

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows there are."""
        self.count += 1
        return super().rowCount(parent)


def test_a_list_that_nobody_sees_is_not_laid_out_and_opens_at_what_is_chosen(qtbot: QtBot) -> None:
    model = Asked(lambda row: row, lambda row: row)
    model.put(ROWS)
    window = QWidget()
    qtbot.addWidget(window)
    box = LargeComboBox("box", "Rows", model)
    QVBoxLayout(window).addWidget(box)
    window.show()
    assert model.count < len(ROWS)
    box.choose("row-2900")
    for _ in range(2):
        box.showPopup()
        view = box.view()
        assert view.viewport().rect().intersects(view.visualRect(model.index(2900)))
        box.hidePopup()
    assert (box.currentIndex(), model.place_of("row-2900"), model.place_of(""), model.place_of(None)) == (
        2900,
        2900,
        -1,
        -1,
    )


def test_a_box_in_a_cell_has_room_for_its_words_and_opens_as_wide_as_they_are(qtbot: QtBot) -> None:
    box = WrappedBox()
    qtbot.addWidget(box)
    words = "/dev/vda · 40 GB · System disk · ecs-erp-db-01-volume-0000 · in-use"
    box.addItems(["Not restored", words])
    line = box.fontMetrics().height()
    assert box.height_for(200) < 2 * line
    box.setCurrentIndex(1)
    whole = box.fontMetrics().horizontalAdvance(words)
    assert box.height_for(2 * whole) < 2 * line <= box.height_for(whole // 2 + 60) < box.height_for(whole // 4 + 60)
    box.setFixedSize(160, box.height_for(160))
    box.show()
    box.showPopup()
    assert box.view().width() >= min(whole, box.screen().availableGeometry().width() - 40)
    box.hidePopup()
