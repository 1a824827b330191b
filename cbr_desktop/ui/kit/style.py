"""The style: one sheet over Fusion, made of the tokens of a theme.

A sheet is polished and painted in C++. A proxy style in Python costs twice as much before the first paint, and a call
of Python for every part that is drawn. Ticks, which a sheet draws only from files, stay Fusion's, in colours of their
own palettes (see ``theme``). Arrows are wedges of a conical gradient, sharp at every scale and without a file.
"""

from cbr_desktop.ui.kit.tokens import NEAR, RADIUS, TIGHT, Colours

_SHEET = """
QPushButton, QToolButton {{
    border: 1px solid {edge}; border-radius: {radius}px; background: {control}; padding: 3px 10px; min-height: 1.4em;
}}
QToolButton {{ padding: 2px 10px; }}
QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked {{ background: {pressed}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {accent}; padding: 2px 9px; }}
QToolButton:focus {{ padding: 1px 9px; }}
QPushButton:disabled, QToolButton:disabled {{ color: {faded}; border-color: {line}; background: transparent; }}
QPushButton:default {{ border-color: {accent}; }}
QPushButton[primary="true"] {{
    background: {accent}; border-color: {accent}; color: {accent_text};
}}
QPushButton[primary="true"]:hover {{ background: {accent_hover}; }}
QPushButton[primary="true"]:focus {{ border: 3px double {text}; background-clip: padding; padding: 1px 8px; }}
QPushButton[danger="true"] {{ background: {control}; border-color: {bad}; color: {bad}; }}
QPushButton[danger="true"]:hover {{ background: {hover}; }}
QPushButton[danger="true"]:focus {{ border: 3px double {bad}; padding: 1px 8px; }}
QPushButton[primary="true"]:disabled, QPushButton[danger="true"]:disabled, QPushButton:default:disabled {{
    color: {faded}; border-color: {line}; background: transparent;
}}
QPushButton[flat="true"], QToolButton[autoRaise="true"] {{
    border: 1px solid transparent; background: transparent; padding: 3px 7px;
}}
QPushButton[flat="true"]:hover, QToolButton[autoRaise="true"]:hover {{ background: {hover}; }}
QPushButton[flat="true"]:checked, QToolButton[autoRaise="true"]:checked {{ background: {pressed}; }}
QPushButton[flat="true"]:focus, QToolButton[autoRaise="true"]:focus {{
    border: 2px solid {accent}; padding: 2px 6px;
}}
#arm[armed="true"] {{ border: 1px solid {warn}; color: {warn}; }}
#arm[armed="true"]:focus {{ border: 2px solid {accent}; }}
QToolButton[chip="true"] {{ border-radius: 11px; padding: 0 9px; background: transparent; }}
QToolButton[chip="true"]:focus {{ padding: 0 8px; }}
QToolButton[chip="true"]:hover {{ background: {hover}; }}
QToolButton[chip="true"]:checked {{ background: {selection}; border-color: {accent}; }}
QToolButton::menu-indicator {{ image: none; }}
QFrame[frameShape="6"] {{ border: 1px solid {line}; border-radius: {radius}px; }}
QLineEdit {{
    border: 1px solid {edge}; border-radius: {radius}px; background: {surface}; padding: 2px 6px; min-height: 1.4em;
}}
QLineEdit:focus {{ border: 2px solid {accent}; padding: 1px 5px; }}
QLineEdit > QToolButton {{ border: 0; padding: 0; min-height: 0; background: transparent; }}
QLineEdit:disabled, QPlainTextEdit:disabled {{ border-color: {line}; background: transparent; color: {faded}; }}
QComboBox, QAbstractSpinBox {{
    border: 1px solid {edge}; border-radius: {radius}px; background: {surface}; padding: 2px 6px; min-height: 1.4em;
}}
QComboBox:focus, QAbstractSpinBox:focus {{ border: 2px solid {accent}; padding: 1px 5px; }}
QComboBox:disabled, QAbstractSpinBox:disabled {{ border-color: {line}; background: transparent; color: {faded}; }}
QComboBox[long="true"] {{ combobox-popup: 0; }}
QComboBox::drop-down, QDateTimeEdit::drop-down {{ border: 0; width: 22px; }}
QComboBox::down-arrow, QAbstractSpinBox::down-arrow, QAbstractSpinBox::up-arrow {{
    image: none; width: 10px; height: 6px;
}}
QComboBox::down-arrow, QAbstractSpinBox::down-arrow {{
    background: qconicalgradient(cx: 0.5, cy: 1, angle: 63.4,
        stop: 0 {muted}, stop: 0.147 {muted}, stop: 0.149 transparent);
}}
QAbstractSpinBox::up-arrow {{
    background: qconicalgradient(cx: 0.5, cy: 0, angle: 243.4,
        stop: 0 {muted}, stop: 0.147 {muted}, stop: 0.149 transparent);
}}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: 0; background: transparent; width: 20px; }}
QAbstractSpinBox::up-button {{ subcontrol-origin: border; subcontrol-position: top right; }}
QAbstractSpinBox::down-button {{ subcontrol-origin: border; subcontrol-position: bottom right; }}
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {{ background: {hover}; }}
QComboBox QLineEdit, QAbstractSpinBox QLineEdit {{ border: 0; padding: 0; min-height: 0; background: transparent; }}
QComboBox QAbstractItemView {{ border: 1px solid {edge}; padding: {tight}px; }}
QPlainTextEdit[frameShape="6"], QTextEdit[frameShape="6"] {{
    border: 1px solid {edge}; border-radius: {radius}px; background: {surface}; padding: 2px;
}}
QPlainTextEdit[frameShape="6"]:focus, QTextEdit[frameShape="6"]:focus {{ border: 2px solid {accent}; padding: 1px; }}
QTableView[frameShape="6"], QTreeView[frameShape="6"], QListView[frameShape="6"] {{
    border: 1px solid {line}; border-radius: 0;
}}
QTableView[frameShape="6"]:focus, QTreeView[frameShape="6"]:focus, QListView[frameShape="6"]:focus {{
    border-color: {edge};
}}
QTreeView::item {{ min-height: 24px; padding-left: {tight}px; }}
StepTable::item, QTableWidget::item {{ padding: 0 5px; }}
StepTable, QTableWidget {{ outline: 1px solid {accent}; }}
QHeaderView {{ background: {surface}; border: 0; }}
QHeaderView::section {{
    background: {surface}; color: {muted}; border: 0; border-bottom: 1px solid {line}; padding: 5px {near}px;
}}
QTreeView QHeaderView::section {{ padding: 5px {tight}px 5px 7px; }}
QHeaderView::section:hover {{ background: {hover}; }}
QScrollBar {{ background: transparent; border: 0; margin: 0; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {edge}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:hover {{ background: {muted}; margin: 2px; border-radius: 4px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: 0; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {line}; }}
QTabBar {{ qproperty-drawBase: 0; }}
QTabBar::tab {{
    border: 0; border-bottom: 2px solid transparent; background: transparent; color: {muted};
    padding: 5px 10px 4px 10px;
}}
#detailsTabs QTabBar::tab, #checkpointPreviewForms QTabBar::tab {{ padding: 5px 4px 4px 4px; }}
QTabBar QToolButton {{ padding: 0; min-height: 0; }}
QTabBar::tab:hover {{ color: {text}; border-bottom-color: {edge}; }}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QSplitter::handle {{ background: transparent; }}
QSplitter::handle:hover {{ background: {line}; }}
QMenu {{ background: {surface}; border: 1px solid {edge}; padding: {tight}px; }}
QMenu::item {{ padding: 5px 24px 5px 24px; border-radius: 4px; background: transparent; }}
QMenu::icon {{ padding-left: {near}px; }}
QMenu::item:selected {{ background: {selection}; color: {text}; }}
QMenu::item:disabled {{ color: {faded}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: {tight}px {near}px; }}
QToolTip {{ background: {surface}; color: {text}; border: 1px solid {edge}; padding: {tight}px; }}
QStatusBar::item {{ border: 0; }}
QProgressBar {{
    border: 1px solid {edge}; border-radius: 4px; background: {surface}; text-align: center; min-height: 1.1em;
}}
QProgressBar::chunk {{ background: {selection}; border-radius: 3px; }}
QGroupBox {{ border: 1px solid {line}; border-radius: {radius}px; margin-top: 0.7em; padding-top: 0.7em; }}
QGroupBox::title {{ subcontrol-origin: margin; left: {near}px; padding: 0 {tight}px; }}
#relations::item:focus, #activity::item:focus {{ border: 1px solid {accent}; }}
#tour, #notice {{ background: {surface}; border: 1px solid {edge}; border-radius: {radius}px; }}
#filterOfferList {{ background: {surface}; border: 1px solid {edge}; outline: 0; }}
#filterOfferList::item {{ padding: 4px {near}px; border-radius: 4px; }}
#filterOfferList::item:selected {{ background: {selection}; color: {text}; }}
#navigation {{ background: {window}; border: 0; outline: 0; padding: {tight}px 6px; }}
#navigation::item {{ border-radius: {radius}px; padding-left: 6px; margin: 1px 0; }}
#navigation::item:hover {{ background: {hover}; }}
#navigation::item:selected {{ background: {selection}; color: {text}; }}
#navigation::item:selected:focus {{ border: 2px solid {accent}; padding-left: 4px; }}
"""


def sheet(colours: Colours) -> str:
    """Return the sheet of a theme."""
    return _SHEET.format(radius=RADIUS, near=NEAR, tight=TIGHT, **colours._asdict())
