"""Enterprise projects, as the service that keeps them lists them."""

from msgspec import Struct

from cbr_desktop.cloud.wire.reading import AnswerPage, Flag, Id, ListReader, Size, Text
from cbr_desktop.domain.enterprise_project import EnterpriseProject


class EnterpriseProjectRow(Struct):
    """One of ``enterprise_projects``; ``status`` 2 is one that is disabled."""

    id: Id
    name: Text = None
    status: Size = None
    delete_flag: Flag = None


_DISABLED = 2
_LIST = ListReader("enterprise_projects", EnterpriseProjectRow)


def enterprise_projects(body: bytes) -> AnswerPage[EnterpriseProject | None]:
    """Read a page of ListEnterpriseProject; ``None`` stands for one that is deleted."""
    page = _LIST.read(body)
    rows = [
        None if row.delete_flag else EnterpriseProject(row.id, row.name or "", row.status != _DISABLED)
        for row in page.rows
    ]
    return AnswerPage(rows, page.count, page.lost)
