"""The form of one profile. There is one for each profile that was looked at, so that nothing typed is ever lost."""

from collections.abc import Callable, Collection, Iterator, Mapping, MutableSet
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.region import Endpoints
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.stepwise import Stepwise
from cbr_desktop.ui.profiles.draft import Problem, hosts, judge
from cbr_desktop.ui.profiles.endpoint import EndpointSection
from cbr_desktop.ui.profiles.network import Effective, NetworkSection
from cbr_desktop.ui.profiles.safety import SafetySection
from cbr_desktop.ui.profiles.sign_in import SignInSection
from cbr_desktop.ui.profiles.stored_secrets import StoredSecretsSection
from cbr_desktop.workflows.ports import SecretKeeper

_JUDGE_MS = 50


class ProfileForm(Stepwise, QScrollArea):
    """Shows a profile for changing. ``saved`` is how it is in the file, ``None`` when it is not there yet.

    ``trusted`` are hosts that need no confirming; ``taken`` returns the names of the other profiles.

    Signals:
        judged: the form was judged anew, after every change.
    """

    judged = Signal()

    def __init__(
        self,
        profile: Profile,
        saved: Profile | None,
        *,
        regions: Mapping[str, Endpoints],
        trusted: MutableSet[str],
        taken: Callable[[], Collection[str]],
        keeper: SecretKeeper,
        effective: Effective | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("profileForm")
        self.setAccessibleName(_("Profile"))
        self._base = profile
        self.saved = saved
        self._regions = regions
        self._trusted = trusted
        self._taken = taken
        self.problems: list[Problem] = []
        self._tried = False
        self._keeper = keeper
        self._effective = effective

    def build(self) -> Iterator[None]:
        """Make the sections, each in a step of its own."""
        profile, saved = self._base, self.saved
        # what moves from a parent to another is styled anew with all it has
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        content = QWidget()
        self.setWidget(content)
        self.where = EndpointSection(profile, saved, self._regions, self._trusted, content)
        yield
        self._who = SignInSection(profile, content)
        yield
        self._care = SafetySection(profile, content)
        yield
        self._network = NetworkSection(profile, self.profile, self._effective, content)
        yield
        self.keeping = StoredSecretsSection(self.profile, self._keeper, content)
        yield
        self._sections = (self.where, self._who, self._care, self._network, self.keeping)
        self._was = self.profile()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_JUDGE_MS)
        self._timer.timeout.connect(self.judge)
        for section in self._sections[:-1]:
            section.changed.connect(self._timer.start)
        self._lay_out(content)
        yield
        self.judge()

    def profile(self) -> Profile:
        """Return the profile as it stands in the form, right or wrong."""
        values: dict[str, Any] = {}
        for section in (self.where, self._who, self._care, self._network):
            values |= section.values()
        return replace(self._base, **values)

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self.saved is None or self.profile() != self._was

    @property
    def block(self) -> Problem | None:
        """The first thing that keeps the profile from being saved."""
        return next((problem for problem in self.problems if problem.blocks), None)

    def judge(self) -> None:
        """Judge the form as it stands now."""
        self._timer.stop()
        profile = self.profile()
        found = judge(profile, self._taken(), self._regions, self.where.unproved(profile))
        self.problems = self._who.corrected(found)
        # in a new profile nothing is wrong yet where nothing was entered
        waits = self.saved is None and not self._tried
        shown = [p for p in self.problems if not waits or getattr(profile, p.field, True)]
        for section in self._sections:
            section.show_problems(shown)
        self.keeping.allow_entering(not any(problem.blocks and _is_of_way(problem) for problem in self.problems))
        self.keeping.look()
        self.judged.emit()

    def settle(self, profile: Profile) -> None:
        """Take note that the form was saved as ``profile``."""
        self._base = self.saved = profile
        self._was = self.profile()
        self._trusted |= hosts([profile])
        self.where.settle(profile)
        self.judge()

    def focus_first_problem(self) -> None:
        """Put the focus where the first thing is wrong, or into the name; from now on what is missing is told, too."""
        self._tried = True
        self.judge()
        self.focus(self.block.field if self.block else "name")

    def focus(self, field: str) -> None:
        """Put the focus into a field."""
        for section in self._sections:
            if section.focus(field):
                self.ensureWidgetVisible(section)
                return

    def _lay_out(self, content: QWidget) -> None:
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(10)
        for section in self._sections:
            layout.addWidget(section)
        layout.addStretch(1)


def _is_of_way(problem: Problem) -> bool:
    """Whether a problem keeps secrets from being asked for: it is about where they go or as whom."""
    return problem.field not in ("name", "project", "colour", "name_template")
