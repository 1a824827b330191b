"""A sheet as a PDF, made by Qt's own writer: the text goes in as text, so that nothing in it is markup."""

from PySide6 import QtCore, QtGui

from cbr_desktop.text.rehearsal import RehearsalSheet, SheetSection

_MARGIN_MM = 15
_DPI = 300
_SIZE, _SMALL, _HEAD, _TITLE = 9, 8, 11, 15


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
    document = laid_out(sheet, writer, writer.pageLayout().paintRectPixels(_DPI).size().toSizeF())
    document.print_(writer)
    del writer
    buffer.close()
    return bytes(content.data())


def laid_out(sheet: RehearsalSheet, device: "QtGui.QPaintDevice", page: "QtCore.QSizeF") -> "QtGui.QTextDocument":
    """Return a sheet on pages of this size, on none of which a title stands without anything of its section."""
    document = QtGui.QTextDocument()
    titles = _fill(document, sheet)
    document.documentLayout().setPaintDevice(device)
    document.setPageSize(page)
    document.setDocumentMargin(0)
    for title in titles:
        block = document.findBlock(title)
        if not is_with_next(block, page.height()):
            cursor = QtGui.QTextCursor(block)
            form = block.blockFormat()
            form.setPageBreakPolicy(QtGui.QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            cursor.setBlockFormat(form)
    return document


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
    cursor.setBlockFormat(_block(0, 4))
    cursor.insertText(sheet.title, _letters(_TITLE, is_bold=True))
    cursor.insertBlock(_block(0, 6))
    cursor.insertText(sheet.verdict, _letters(_SIZE, is_bold=sheet.is_blocked))
    for section in sheet.sections:
        cursor.insertBlock(_block(10, 3))
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
            cursor.insertBlock(_block(4 if is_below_table else 0, 0 if is_code else 2))
            cursor.insertText(part, _letters(_SMALL, is_code=True) if is_code else _letters(_SIZE))


def _table(
    cursor: "QtGui.QTextCursor", rows: list[tuple[str, ...]], *, has_head: bool = False, shares: tuple[int, ...] = ()
) -> None:
    form = QtGui.QTextTableFormat()
    form.setWidth(QtGui.QTextLength(QtGui.QTextLength.Type.PercentageLength, 100))
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
            table.cellAt(number, column).firstCursorPosition().insertText(text, letters)
    cursor.movePosition(QtGui.QTextCursor.MoveOperation.End)


def _letters(points: int, *, is_bold: bool = False, is_code: bool = False) -> "QtGui.QTextCharFormat":
    letters = QtGui.QTextCharFormat()
    if is_code:
        letters.setFont(QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.SystemFont.FixedFont))
    letters.setFontPointSize(points)
    letters.setFontWeight(QtGui.QFont.Weight.Bold if is_bold else QtGui.QFont.Weight.Normal)
    return letters


def _block(above: int, below: int) -> "QtGui.QTextBlockFormat":
    block = QtGui.QTextBlockFormat()
    block.setTopMargin(above * _DPI / 72)
    block.setBottomMargin(below * _DPI / 72)
    return block
