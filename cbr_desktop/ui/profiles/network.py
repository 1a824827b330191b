"""By which way through the network: proxy, authorities, addresses, and what really counts in the end."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from cbr_desktop.domain.network import EffectiveNetwork
from cbr_desktop.domain.profile import AddressFamily, Profile, ProxyMode
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.identity import family_words, proxy_words
from cbr_desktop.text.network import network_sentences
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.kit.widgets import ask_for_file
from cbr_desktop.ui.profiles.section import Section, choose, text_line

Effective = Callable[[Profile], Coroutine[Any, Any, EffectiveNetwork]]
"""Works out what really counts for a profile. The system is asked, which may take a while; nothing is sent."""
_REST_MS = 150


class NetworkSection(Section):
    """Proxy, company CA and address family; beneath them what counts for the whole form, by ``effective``."""

    def __init__(
        self, profile: Profile, whole: Callable[[], Profile], effective: Effective | None, parent: QWidget
    ) -> None:
        super().__init__(_("Network"), "networkSection", parent)
        self._whole = whole
        self._effective_for = effective
        self._proxy = self.add_choice(
            "proxy", _("Proxy"), _("Proxy"), [(proxy_words(mode), mode) for mode in ProxyMode]
        )
        choose(self._proxy, profile.proxy)
        self._url = self.add_line("proxy_url", _("Address"), _("Proxy address"), profile.proxy_url, "http://proxy:3128")
        self._user = self.add_line(
            "proxy_user",
            _("Its user"),
            _("Proxy user"),
            profile.proxy_user,
            _("Empty: no login; the password is asked for"),
        )
        self._add_ca_file(profile)
        self._family = self.add_choice(
            "address_family",
            _("Addresses"),
            _("Addresses"),
            [(family_words(family), family) for family in AddressFamily],
        )
        choose(self._family, profile.address_family)
        self._counts = label(name="effectiveNetwork")
        self._counts.setAccessibleName(_("What counts"))
        self._counts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._tasks = TaskOwner(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self.tell)
        if effective is not None:
            self.add_row("effective", _("What counts"), self._counts)
        self._arrange()
        self.changed.connect(self._arrange)

    def values(self) -> dict[str, object]:
        """Return the fields of a profile as they stand here."""
        return {
            "proxy": ProxyMode(self._proxy.currentData()),
            "proxy_url": self._url.text().strip(),
            "proxy_user": self._user.text().strip(),
            "ca_file": self._ca_file.text().strip(),
            "address_family": AddressFamily(self._family.currentData()),
        }

    def hideEvent(self, event: QHideEvent) -> None:
        """Send no request for a form that is not visible."""
        super().hideEvent(event)
        self._timer.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew: the system may have changed meanwhile."""
        super().showEvent(event)
        self.tell_soon()

    def tell_soon(self) -> None:
        """Say what counts once the form has rested for a moment."""
        if self._effective_for is not None and self.isVisible():
            self._timer.start()

    def tell(self) -> None:
        """Say what counts for the form as it stands."""
        if self._effective_for is not None:
            self._tasks.start(self._effective_for(self._whole()), self._show, group="effective")

    def _show(self, effective: EffectiveNetwork) -> None:
        self._counts.setText("\n".join(network_sentences(effective)))

    def _add_ca_file(self, profile: Profile) -> None:
        self._ca_file = text_line(
            "ca_file", _("Company CA file"), profile.ca_file, _("Empty: only the authorities of this system")
        )
        self._ca_file.textChanged.connect(self.changed)
        button = QPushButton(_("C&hoose…"))
        button.setObjectName("chooseCaFile")
        button.setAccessibleName(_("Choose the company's CA file"))
        button.setAutoDefault(False)
        button.clicked.connect(self._choose_ca_file)
        self.add_row("ca_file", _("Company CA file"), self._ca_file, button)

    def _choose_ca_file(self) -> None:
        ask_for_file(
            self,
            _("Choose the file of your company's certificate authorities"),
            "caFileDialog",
            [_("Certificates (*.pem *.crt *.cer)")],
            self._ca_file.setText,
        )

    def _arrange(self) -> None:
        is_manual = self._proxy.currentData() == ProxyMode.MANUAL
        self.show_row("proxy_url", is_manual)
        self.show_row("proxy_user", is_manual)
        self.tell_soon()
