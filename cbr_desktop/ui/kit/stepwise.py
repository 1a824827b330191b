"""Widgets that are made in several turns of the loop, so that a large window opens without holding up the others."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog

from cbr_desktop.ui.kit.pieces import LONG_STEP, Pieces


class Stepwise:
    """A widget whose parts ``build`` makes, and none of them before it is asked to.

    ``steps`` makes one in each turn of the loop. Asking for a part that is not made yet, or calling ``finish``, makes
    all of them at once: what is built in turns can be used like any other widget.
    """

    _steps: Iterator[None] | None = None
    _is_built = False
    _is_at_step = False

    def build(self) -> Iterator[None]:
        """Make all parts; stand still wherever another turn of the loop may come between."""
        raise NotImplementedError

    @property
    def is_built(self) -> bool:
        """Whether all parts are made."""
        return self._is_built

    def steps(self) -> Iterator[None]:
        """Yield after each step that is left, until all parts are made."""
        while self._step():
            yield

    def finish(self) -> None:
        """Make at once what is not made yet."""
        while self._step():
            pass

    def _step(self) -> bool:
        """Make what comes next; return whether there may be more."""
        if self._is_built or self._is_at_step:
            return False
        self._is_at_step = True
        try:
            if self._steps is None:
                self._steps = self.build()
            next(self._steps)
        except StopIteration:
            self._is_built = True
        finally:
            self._is_at_step = False
        return not self._is_built

    if not TYPE_CHECKING:  # or else every name would seem to be there

        def show(self) -> None:
            """Show the widget, whole."""
            self.finish()
            super().show()

        def __getattr__(self, name: str) -> Any:
            """Make all parts when one is asked for that is not made yet."""
            if not name.startswith("__") and not self._is_built and not self._is_at_step:
                self.finish()
                return getattr(self, name)
            raise AttributeError(f"{type(self).__name__} has no {name}", name=name, obj=self)


class StepwiseDialog(Stepwise, QDialog):
    """A window that is made in several turns of the loop once it is opened, and shown when it is whole.

    It is there in a blink all the same, and what else the program shows goes on meanwhile.
    """

    _opening: Pieces | None = None

    def open(self) -> None:
        """Show the window beside the others, as soon as it is made."""
        self.setModal(False)
        if self.is_built:
            self._come()
        elif self._opening is None:
            self._opening = Pieces(self)
            self._opening.begin(self._made_and_shown())

    @property
    def is_open(self) -> bool:
        """Whether it is shown, or will be in some turns of the loop."""
        return self._opening is not None or self.isVisible()

    def finish(self) -> None:
        """Make at once what is not made yet, and show the window if it is being opened."""
        super().finish()
        if self.is_built and self._opening is not None:
            self._opening.finish()

    def _made_and_shown(self) -> Iterator[object]:
        yield from self.steps()
        yield LONG_STEP
        if self._opening is not None:
            self._opening = None
            self._come()

    def hide(self) -> None:
        """Hide the window; one that is being opened does not come."""
        self._opening = None
        super().hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the window; one that is being opened does not come."""
        self._opening = None
        super().closeEvent(event)

    def _come(self) -> None:
        """Come to the front."""
        self.show()
        self.activateWindow()
