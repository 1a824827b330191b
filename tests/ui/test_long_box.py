"""The box to choose one of thousands in: what is not seen of it is not laid out."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from cbr_desktop.ui.kit.long_box import ChoiceModel, LongBox

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
    box = LongBox("box", "Rows", model)
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
