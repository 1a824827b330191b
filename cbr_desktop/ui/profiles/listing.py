"""The list of profiles: name, place, and what is at stake, in word and colour."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import plain
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import environment_inside, environment_words
from cbr_desktop.ui.kit.theme import ENVIRONMENT_COLOURS, ink_on, tone_colour

PROFILE_ROLE = Qt.ItemDataRole.UserRole + 1
STATE_ROLE = Qt.ItemDataRole.UserRole + 2
_MARGIN = 8
_Index = QModelIndex | QPersistentModelIndex


def chip_colour(profile: Profile) -> str:
    """Return the ground of a profile's chip: its own colour, or that of its environment."""
    own = QColor.fromString(profile.colour)
    return own.name() if own.isValid() else ENVIRONMENT_COLOURS[profile.environment]


def chip_icon(colour: str) -> QIcon:
    """Return a small square of a colour."""
    pixmap = QPixmap(12, 12)
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)


def place_words(profile: Profile) -> str:
    """Return a profile's second line: region and project."""
    return " · ".join(plain(part, 60) for part in (profile.region or profile.cbr_endpoint, profile.project) if part)


def row_words(profile: Profile, state: str = "") -> str:
    """Return a profile's row for screen readers."""
    parts = (profile.name, profile.region, profile.project, environment_inside(profile.environment), state)
    return ", ".join(plain(part, 60) for part in parts if part)


class ProfileDelegate(QStyledItemDelegate):
    """Paints a row of two lines with a chip; the model gives a ``Profile`` and a word on its state."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """Return two lines and some room."""
        height = option.fontMetrics.height()
        return QSize(200, 2 * height + 2 * _MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        self.initStyleOption(option, index)
        option.text = ""
        palette: QPalette = option.palette
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:  # plainly, as in tables: the style would shade it
            painter.fillRect(option.rect, palette.color(QPalette.ColorRole.Highlight))
        else:
            style = option.widget.style()
            style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        profile = index.data(PROFILE_ROLE)
        if not isinstance(profile, Profile):
            return
        text = palette.color(QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Text)
        faded = text if is_selected else palette.color(QPalette.ColorRole.PlaceholderText)
        rect: QRect = option.rect.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.save()
        chip = _draw_chip(painter, rect, profile, option.font)
        font = QFont(option.font)
        font.setBold(True)
        upper = QRect(rect.topLeft(), QSize(chip.left() - rect.left() - 6, rect.height() // 2))
        _draw_text(painter, upper, plain(profile.name, 120) or _("New profile"), font, text)
        lower = QRect(QPoint(rect.left(), upper.bottom() + 1), QSize(rect.width(), rect.height() // 2))
        state = str(index.data(STATE_ROLE) or "")
        if state:
            colour = text if is_selected else tone_colour(Tone.WARN, palette)
            width = QFontMetrics(option.font).horizontalAdvance(state)
            _draw_text(painter, lower.adjusted(lower.width() - width - 2, 0, 0, 0), state, option.font, colour)
            lower.setRight(lower.right() - width - 10)
        _draw_text(painter, lower, place_words(profile), option.font, faded)
        painter.restore()


def _draw_chip(painter: QPainter, rect: QRect, profile: Profile, font: QFont) -> QRect:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.8)
    small.setBold(True)
    words = environment_words(profile.environment)
    metrics = QFontMetrics(small)
    width, height = metrics.horizontalAdvance(words) + 10, metrics.height() + 2
    chip = QRect(rect.right() - width + 1, rect.top(), width, height)
    painter.setFont(small)
    ground = QColor(chip_colour(profile))
    painter.fillRect(chip, ground)
    painter.setPen(ink_on(ground))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, words)
    return chip


def _draw_text(painter: QPainter, rect: QRect, text: str, font: QFont, colour: QColor) -> None:
    painter.setFont(font)
    painter.setPen(colour)
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
