"""Who asks: the way in, and only the fields that this way needs."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QWidget

from cbr_desktop.domain.profile import Profile, Way
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.identity import way_remark, way_words
from cbr_desktop.ui.profiles.draft import Problem
from cbr_desktop.ui.profiles.section import Section, choose

_BY_PASSWORD = "password"  # noqa: S105
_BY_KEYS = "keys"


class SignInSection(Section):
    """The way in, user, account, passcode, key and agency. What a way does not need is hidden, not lost."""

    def __init__(self, profile: Profile, parent: QWidget) -> None:
        super().__init__(_("Who"), "whoSection", parent)
        self._way = self.add_choice(
            "way", _("Sign-in &method"), _("Sign-in method"), [(way_words(way), way) for way in Way]
        )
        self._first = self.add_choice(
            "agency_login",
            _("Log in first by"),
            _("Log in first by"),
            [(_("User and password"), _BY_PASSWORD), (_("Access key (AK/SK)"), _BY_KEYS)],
        )
        self._lines_of = {
            "user": self.add_line("user", _("Us&er"), _("User"), profile.user, _("Name of the IAM user")),
            "domain": self.add_line(
                "domain", _("A&ccount"), _("Account"), profile.domain, _("Account (domain) of the user")
            ),
            "access_key": self.add_line(
                "access_key",
                _("Access &key id"),
                _("Access key id"),
                profile.access_key,
                _("AK; the secret key is asked for"),
            ),
        }
        self._mfa = QCheckBox(_("The login asks &for a passcode (MFA)"))
        self._mfa.setObjectName("mfa")
        self._mfa.setAccessibleName(_("The login asks for a passcode"))
        self._mfa.setChecked(profile.mfa)
        self._mfa.toggled.connect(self.changed)
        self.add_row("mfa", "", self._mfa)
        self._lines_of["user_id"] = self.add_line(
            "user_id",
            _("User id"),
            _("User id"),
            profile.user_id,
            _("32 characters, from the console's ‘My Credentials’"),
        )
        self._lines_of["agency"] = self.add_line("agency", _("Agenc&y"), _("Agency"), profile.agency, _("Its name"))
        self._lines_of["agency_domain"] = self.add_line(
            "agency_domain", _("Lent by"), _("Lent by account"), profile.agency_domain, _("The account that lent it")
        )
        choose(self._way, profile.way)
        choose(self._first, _BY_KEYS if profile.way is Way.AGENCY and profile.access_key else _BY_PASSWORD)
        self._arrange()
        self.changed.connect(self._arrange)

    def values(self) -> dict[str, object]:
        """Return the fields of a profile as they stand here."""
        values: dict[str, object] = {field: edit.text().strip() for field, edit in self._lines_of.items()}
        if self.way is Way.AGENCY and not self._by_keys:
            values["access_key"] = ""  # it would mean that the login goes by it
        return values | {"way": self.way, "mfa": self._mfa.isChecked()}

    def corrected(self, problems: Sequence[Problem]) -> list[Problem]:
        """Return problems as they are when an agency is entered by a key that was not typed yet.

        A profile without its access key says that the login goes by password.
        """
        if self.way is not Way.AGENCY or not self._by_keys or self._lines_of["access_key"].text().strip():
            return list(problems)
        others = [problem for problem in problems if problem.field not in ("user", "domain", "user_id")]
        return [*others, Problem("access_key", _("Enter the id of the access key (AK)."))]

    @property
    def way(self) -> Way:
        """The way that is chosen."""
        return Way(self._way.currentData())

    @property
    def _by_keys(self) -> bool:
        return bool(self._first.currentData() == _BY_KEYS)

    def _arrange(self) -> None:
        way = self.way
        logs_in = way is Way.PASSWORD or (way is Way.AGENCY and not self._by_keys)
        visible = {
            "agency_login": way is Way.AGENCY,
            "user": logs_in,
            "domain": logs_in,
            "mfa": logs_in,
            "user_id": logs_in and self._mfa.isChecked(),
            "access_key": way is Way.KEYS or (way is Way.AGENCY and self._by_keys),
            "agency": way is Way.AGENCY,
            "agency_domain": way is Way.AGENCY,
        }
        for field, shown in visible.items():
            self.show_row(field, shown)
        self.remark("way", way_remark(way))
