"""The sheet of a restore on paper."""

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from cbr_desktop.text.rehearsal import BY_HAND, RehearsalSheet, SheetSection
from cbr_desktop.ui.backups.pdf import is_torn, is_with_next, laid_out, page_words

LOST = SheetSection("What is lost", lines=("57 s of work.",))
PAGE = QSizeF(2126, 1400)


def test_every_page_says_what_is_at_stake_and_which_one_it_is_in_the_ink_of_no_theme(qapp: QApplication) -> None:
    assert qapp is not None
    made = RehearsalSheet(
        "Restore", "It would be taken.", False, (LOST, SheetSection("Why", facts=(("Reason", BY_HAND),))), "PRODUCTION"
    )
    assert page_words(made, 1, 2) == "PRODUCTION · Restore · Page 1 of 2"
    document = laid_out(made, QImage(8, 8, QImage.Format.Format_RGB32), PAGE)
    assert document.toPlainText().startswith("PRODUCTION\nRestore\n")
    block, seen = document.begin(), 0
    while block.isValid():
        seen += bool(block.text())
        assert not block.text() or block.begin().fragment().charFormat().foreground().color() == QColor("black")
        block = block.next()
    assert seen == 8


def test_no_title_is_left_alone_at_the_end_of_a_page(qapp: QApplication) -> None:
    assert qapp is not None
    device = QImage(8, 8, QImage.Format.Format_RGB32)
    device.setDotsPerMeterX(11811)
    device.setDotsPerMeterY(11811)
    moved = 0
    for lines in range(12, 40):
        lost = SheetSection("What is lost", lines=tuple(f"line {number}" for number in range(lines)))
        disks = SheetSection("Disks", columns=("Disk", "Size"), rows=(("one", "40 GB"), ("two", "500 GB")))
        document = laid_out(RehearsalSheet("Restore", "It would be taken.", False, (lost, disks)), device, PAGE)
        block = document.begin()
        titles = []
        while block.isValid():
            titles += [block] if block.text() in ("What is lost", "Disks") else []
            block = block.next()
        assert len(titles) == 2
        assert all(is_with_next(title, PAGE.height()) for title in titles), lines
        assert not is_torn(titles[1], document.lastBlock(), PAGE.height()), lines
        moved += any(title.blockFormat().pageBreakPolicy().value for title in titles)
    assert moved  # some of them stood at the end of a page
