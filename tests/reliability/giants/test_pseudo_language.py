"""Every window there is in a language that nobody speaks; the suite looks at those that people are in most."""

from pytestqt.qtbot import QtBot

from cbr_desktop.text.catalogue import spoken
from tests.pseudo import Pseudo
from tests.ui import hostile
from tests.ui.test_pseudo_language import FOREIGN, bypassed


def test_every_window_speaks_through_the_catalogue(qtbot: QtBot) -> None:
    with spoken(Pseudo()):
        assert bypassed(hostile.shown(qtbot, FOREIGN)) == {}
