"""Links: the only way by which this program has the desktop open an address, and the addresses that it opens."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from PySide6 import QtCore, QtGui

from cbr_desktop.domain.region import CONSOLE_HOSTS
from cbr_desktop.text.catalogue import N_

_SCHEME = "https://"
_UNSAFE = frozenset('\\"<>^`{|}@')
_LONGEST = 2000


class Link(NamedTuple):
    """A page of a vendor: whose it is, and its address."""

    words: str
    url: str


HELP = (
    Link(N_("Huawei Cloud: CBR API reference"), "https://support.huaweicloud.com/intl/en-us/api-cbr/cbr_04_0002.html"),
    Link(N_("Open Telekom Cloud: documentation"), "https://docs.otc.t-systems.com/"),
)
HELP_HOSTS = frozenset(urlsplit(link.url).netloc for link in HELP)


def open_link(url: str, allowed_hosts: Collection[str], opener: Callable[[str], bool] | None = None) -> bool:
    """Have the desktop open ``url`` if ``is_safe`` says so; return whether it was handed over and taken.

    ``allowed_hosts`` are names in lower case. ``opener`` takes the place of the desktop.
    """
    return is_safe(url, allowed_hosts) and (opener or _open)(url)


def open_console(url: str) -> bool:
    """Have the desktop open a page of a cloud's console; return whether it is one and was handed over."""
    return open_link(url, CONSOLE_HOSTS)


def open_folder(folder: str, opener: Callable[[QtCore.QUrl], bool] | None = None) -> bool:
    """Have the desktop show a folder of this machine; return whether there is one and it was handed over.

    Only a folder is: a file of that name would be opened by whatever program it is for.
    """
    path = Path(folder)
    if not path.is_absolute() or not path.is_dir():
        return False
    return (opener or QtGui.QDesktopServices.openUrl)(QtCore.QUrl.fromLocalFile(str(path)))


def is_safe(url: str, allowed_hosts: Collection[str]) -> bool:
    """Tell whether an address is HTTPS at one of these hosts, without user or port, and reads alike for everybody.

    Only plain ASCII passes, so that no host of another alphabet, no control character and no backslash does: what one
    program takes for a part of the path is the host for another.
    """
    if not (url.startswith(_SCHEME) and len(url) <= _LONGEST and url.isascii() and url.isprintable()):
        return False
    if " " in url or _UNSAFE & set(url):
        return False
    host = url.removeprefix(_SCHEME).split("/", 1)[0]
    seen = QtCore.QUrl(url, QtCore.QUrl.ParsingMode.StrictMode)
    return host in allowed_hosts and urlsplit(url).netloc == host and seen.isValid() and seen.authority() == host


def _open(url: str) -> bool:
    return QtGui.QDesktopServices.openUrl(QtCore.QUrl(url, QtCore.QUrl.ParsingMode.StrictMode))
