"""A sheet as a PDF, made by Qt's own writer: the text goes in as text, so that nothing in it is markup."""

from PySide6 import QtCore, QtGui

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.rehearsal import BY_HAND, RehearsalSheet, SheetSection

_MARGIN_MM = 15
_DPI = 300
_SIZE, _SMALL, _HEAD, _TITLE = 9, 8, 11, 15
_FOOT = 24
"""What the foot of a page takes, in points."""
_HAND = 16
"""What is above a line that is written by hand, in points."""


def pdf_of(sheet: RehearsalSheet) -> bytes:
    """Return a sheet as the bytes of a PDF on A4."""
    content = QtCore.QByteArray()
    buffer = QtCore.QBuffer(content)
    buffer.open(QtCore.QIODevice.OpenModeFlag.WriteOnly)
    writer = QtGui.QPdfWriter(buffer)
    writer.setTitle(sheet.title)
    writer.setCreator("CBR Desktop")
    writer.setResolution(_DPI)
    margins = QtCore.QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    writer.setPageLayout(
        QtGui.QPageLayout(
            QtGui.QPageSize(QtGui.QPageSize.PageSizeId.A4),
            QtGui.QPageLayout.Orientation.Portrait,
            margins,
            QtGui.QPageLayout.Unit.Millimeter,
        )
    )
    page = writer.pageLayout().paintRectPixels(_DPI).size().toSizeF()
    foot = _FOOT * _DPI / 72
    page.setHeight(page.height() - foot)
    document = laid_out(sheet, writer, page)
    painter = QtGui.QPainter(writer)
    painter.setFont(_letters(_SMALL).font())
    for number in range(document.pageCount()):
        if number:
            writer.newPage()
        _paint(number, document, page, painter)
        painter.drawText(
            QtCore.QRectF(0, page.height(), page.width(), foot),
            QtCore.Qt.AlignmentFlag.AlignBottom | QtCore.Qt.AlignmentFlag.AlignRight,
            painter.fontMetrics().elidedText(
                page_words(sheet, number + 1, document.pageCount()),
                QtCore.Qt.TextElideMode.ElideMiddle,
                int(page.width()),
            ),
        )
    painter.end()
    del writer
    buffer.close()
    return bytes(content.data())


def _paint(number: int, document: "QtGui.QTextDocument", page: "QtCore.QSizeF", painter: "QtGui.QPainter") -> None:
    """Paint a page of a document, counted from 0."""
    top = number * page.height()
    painter.save()
    painter.translate(0, -top)
    document.drawContents(painter, QtCore.QRectF(QtCore.QPointF(0, top), page))
    painter.restore()


def page_words(sheet: RehearsalSheet, number: int, total: int) -> str:
    """Return what stands at the foot of a page, so that pages which come apart are found together again."""
    parts = (sheet.stake, sheet.title, _("Page {number} of {total}").format(number=number, total=total))
    return " · ".join(part for part in parts if part)


def laid_out(sheet: RehearsalSheet, device: "QtGui.QPaintDevice", page: "QtCore.QSizeF") -> "QtGui.QTextDocument":
    """Return a sheet on pages of this size: no section is torn that a page has room for, and no title stands alone."""
    document = QtGui.QTextDocument()
    titles = _fill(document, sheet)
    document.documentLayout().setPaintDevice(device)
    document.setPageSize(page)
    document.setDocumentMargin(0)
    for title, end in zip(titles, [*titles[1:], document.characterCount()], strict=True):
        block = document.findBlock(title)
        if is_torn(block, document.findBlock(end - 1), page.height()) or not is_with_next(block, page.height()):
            cursor = QtGui.QTextCursor(block)
            form = block.blockFormat()
            form.setPageBreakPolicy(QtGui.QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            cursor.setBlockFormat(form)
    return document


def is_torn(first: "QtGui.QTextBlock", last: "QtGui.QTextBlock", page_height: float) -> bool:
    """Tell whether a section goes over the end of a page though a page has room for all of it."""
    layout = first.document().documentLayout()
    top, bottom = layout.blockBoundingRect(first).top(), layout.blockBoundingRect(last).bottom() - 1
    return bottom - top <= page_height and int(top // page_height) != int(bottom // page_height)


def is_with_next(block: "QtGui.QTextBlock", page_height: float) -> bool:
    """Tell whether a block is on the page on which the first line of the next one is."""
    layout, after = block.document().documentLayout(), block.next()
    if not after.isValid():
        return True
    first = after.layout().lineAt(0).height() if after.layout().lineCount() else 0
    ends = (layout.blockBoundingRect(block).bottom() - 1, layout.blockBoundingRect(after).top() + first)
    return int(ends[0] // page_height) == int(ends[1] // page_height)


def _fill(document: "QtGui.QTextDocument", sheet: RehearsalSheet) -> list[int]:
    """Write a sheet into a document, and return where the titles of its sections begin."""
    titles = []
    font = QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.SystemFont.GeneralFont)
    font.setPointSize(_SIZE)
    document.setDefaultFont(font)
    cursor = QtGui.QTextCursor(document)
    cursor.setBlockFormat(_block(0, 6))
    if sheet.stake:
        cursor.insertText(sheet.stake, _letters(_HEAD, is_bold=True))
        cursor.insertBlock()
    cursor.insertText(sheet.title, _letters(_TITLE, is_bold=True))
    cursor.insertBlock(_block(0, 6))
    cursor.insertText(sheet.verdict, _letters(_SIZE, is_bold=sheet.is_blocked))
    for section in sheet.sections:
        cursor.insertBlock(_block(18, 6))
        titles.append(cursor.position())
        _write(section, cursor)
    return titles


def _write(section: SheetSection, cursor: "QtGui.QTextCursor") -> None:
    cursor.insertText(section.title, _letters(_HEAD, is_bold=True))
    if section.facts:
        _table(cursor, [*section.facts], shares=(28, 72))
    if section.rows:
        _table(cursor, [section.columns, *section.rows], has_head=True)
    has_table = bool(section.facts or section.rows)
    for place, line in enumerate(section.lines):
        is_code = "\n" in line
        for number, part in enumerate(line.split("\n")):
            is_below_table = has_table and not place and not number
            cursor.insertBlock(_block(6 if is_below_table else 0, 0 if is_code else 4))
            cursor.insertText(part, _letters(_SMALL, is_code=True) if is_code else _letters(_SIZE))


def _table(
    cursor: "QtGui.QTextCursor", rows: list[tuple[str, ...]], *, has_head: bool = False, shares: tuple[int, ...] = ()
) -> None:
    form = QtGui.QTextTableFormat()
    form.setWidth(QtGui.QTextLength(QtGui.QTextLength.Type.PercentageLength, 100))
    form.setTopMargin(_in_document(4))
    form.setCellPadding(6)
    form.setCellSpacing(0)
    form.setBorder(1)
    form.setBorderStyle(QtGui.QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBorderCollapse(True)
    if has_head:
        form.setHeaderRowCount(1)
    if shares:
        form.setColumnWidthConstraints(
            [QtGui.QTextLength(QtGui.QTextLength.Type.PercentageLength, share) for share in shares]
        )
    table = cursor.insertTable(len(rows), len(rows[0]), form)
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            letters = _letters(_SMALL, is_bold=has_head and not number)
            cell = table.cellAt(number, column)
            if text == BY_HAND:
                high = QtGui.QTextTableCellFormat()
                high.setTopPadding(_in_document(_HAND))
                cell.setFormat(high)
            cell.firstCursorPosition().insertText(text, letters)
    cursor.movePosition(QtGui.QTextCursor.MoveOperation.End)
    # a paragraph has to follow a table: this one is hardly there
    hidden = QtGui.QTextBlockFormat()
    hidden.setLineHeight(1, QtGui.QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    cursor.setBlockFormat(hidden)


def _letters(points: int, *, is_bold: bool = False, is_code: bool = False) -> "QtGui.QTextCharFormat":
    letters = QtGui.QTextCharFormat()
    letters.setForeground(QtCore.Qt.GlobalColor.black)  # paper has the colours of no theme
    if is_code:
        letters.setFont(QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.SystemFont.FixedFont))
    letters.setFontPointSize(points)
    letters.setFontWeight(QtGui.QFont.Weight.Bold if is_bold else QtGui.QFont.Weight.Normal)
    return letters


def _block(above: int, below: int) -> "QtGui.QTextBlockFormat":
    """Return the format of a paragraph with so many points above and below it."""
    block = QtGui.QTextBlockFormat()
    block.setTopMargin(_in_document(above))
    block.setBottomMargin(_in_document(below))
    return block


def _in_document(points: int) -> float:
    """Return points in the unit of a document, which its layout makes larger for what it is laid out for."""
    return points * 96 / 72
