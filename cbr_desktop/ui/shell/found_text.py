"""Text in which every place is marked where something stands that is looked for."""

from PySide6.QtGui import QPalette, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

_FOUND_LIMIT = 1_000


class FoundText(QPlainTextEdit):
    """Text in which every place is marked where something stands that is looked for."""

    def find_all(self, sought: str) -> int:
        """Mark all places of a text, in whichever case, and go to the first; return how many there are."""
        marks: list[QTextEdit.ExtraSelection] = []
        if sought:
            cursor = self.document().find(sought, 0)
            while not cursor.isNull() and len(marks) < _FOUND_LIMIT:
                mark = QTextEdit.ExtraSelection()
                mark.cursor = cursor
                mark.format.setBackground(self.palette().color(QPalette.ColorRole.Highlight))
                marks.append(mark)
                cursor = self.document().find(sought, cursor)
        self.setExtraSelections(marks)
        self._sought = sought
        self.moveCursor(QTextCursor.MoveOperation.Start)
        if marks:
            self.show_next()
        return len(marks)

    def show_next(self) -> None:
        """Go to the next place, from the last to the first."""
        sought = getattr(self, "_sought", "")
        if sought and not self.find(sought):
            self.moveCursor(QTextCursor.MoveOperation.Start)
            self.find(sought)
