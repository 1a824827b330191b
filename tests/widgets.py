"""Looking at windows as a person does: what is there by name, and what can be read."""

from typing import Any

from PySide6.QtWidgets import QLabel, QWidget


def child(parent: QWidget, kind: type[Any], name: str) -> Any:
    """Return the part of a window that has this name."""
    found = parent.findChild(kind, name)
    assert found is not None, name
    return found


def words(parent: QWidget) -> str:
    """Return all that is visible as text."""
    return "\n".join(label.text() for label in parent.findChildren(QLabel) if label.isVisible())
