"""Text between the tags of HTML that is written into a file; on screens all text is plain."""

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def escape(text: str) -> str:
    """Return a text as ``html.escape`` does; that module brings two thousand names of letters with it."""
    return text.translate(_ESCAPES)


def page(title: str, body: str, style: str = "") -> str:
    """Return a page to print with a body of HTML, whole in itself: nothing in it is run or fetched.

    ``style`` is added to what all pages have.
    """
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}{style}</style></head><body>\n{body}</body></html>\n"
    )


_STYLE = (
    "body{font:10pt sans-serif;color:#000;background:#fff;margin:1.5cm}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #999;padding:2pt 4pt;text-align:left;vertical-align:top}"
    "thead{display:table-header-group}tr{break-inside:avoid}"
    ".broken,.blocked{font-weight:bold;border:2px solid #000;padding:4pt}"
)
