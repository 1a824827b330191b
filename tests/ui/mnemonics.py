"""The letters that lead to fields and buttons of a window with Alt."""

from collections import defaultdict
from collections.abc import Iterator

from PySide6.QtWidgets import QAbstractButton, QGroupBox, QLabel, QStackedWidget, QTabBar, QWidget


def letter(text: str) -> str:
    """Return the letter after the ampersand of a text, empty where it has none."""
    parts = text.replace("&&", "").partition("&")
    return parts[2][:1].lower()


def _inside(window: QWidget) -> Iterator[QWidget]:
    """Yield all that is in a window and not in another one; hidden parts too, since they come when they are needed."""
    for widget in window.findChildren(QWidget):
        if widget.window() is window and not _is_behind(widget):
            yield widget


def _is_behind(widget: QWidget) -> bool:
    """Whether it stands on a page of a stack behind the one that is shown."""
    below, above = widget, widget.parentWidget()
    while above is not None:
        if isinstance(above, QStackedWidget) and above.indexOf(below) >= 0 and above.currentWidget() is not below:
            return True
        below, above = above, above.parentWidget()
    return False


def clashes(window: QWidget) -> dict[str, list[str]]:
    """Return the letters of a window that lead to several things, with the texts that have them."""
    found: dict[str, list[str]] = defaultdict(list)
    for widget in _inside(window):
        texts = []
        if isinstance(widget, QAbstractButton):
            texts = [widget.text()]
        elif isinstance(widget, QGroupBox):
            texts = [widget.title()]
        elif isinstance(widget, QLabel) and widget.buddy() is not None:
            texts = [widget.text()]
        elif isinstance(widget, QTabBar):
            texts = [widget.tabText(tab) for tab in range(widget.count())]
        for text in texts:
            if letter(text):
                found[letter(text)].append(text)
    return {key: texts for key, texts in found.items() if len(texts) > 1}
