"""The form of a checkpoint without its widgets: the text of its draft, what fields show of it, and what is found."""

from datetime import datetime

from msgspec.structs import replace

from cbr_desktop.domain import draft as drafts
from cbr_desktop.domain.change import Change, checkpoint_change
from cbr_desktop.domain.checkpoint import CheckpointDraft, repaired_name
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, Severity, block
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.request import RequestDocument
from cbr_desktop.text.catalogue import N_, _, listed, sentences
from cbr_desktop.text.findings import verdict_sentence
from cbr_desktop.text.states import counted
from cbr_desktop.ui.operations.problem import problem_sentence
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import create_checkpoint
from cbr_desktop.workflows.preflight import Preflight, preflight

FIELD_WORDS = {
    "vault_id": N_("vault"),
    "name": N_("name"),
    "description": N_("description"),
    "incremental": N_("type"),
    "auto_trigger": N_("automatic trigger"),
    "retention_days": N_("keep for"),
    "policy_id": N_("policy"),
    "resources": N_("resources"),
}


class CheckpointForm:
    """Reads the text of a draft, writes what is filled in into it, and judges what it asks for.

    ``document`` is ``None`` while the text cannot be read; ``problems`` say why. ``draft`` and ``body`` are what the
    last judgement was about, ``verdict`` is that judgement.
    """

    def __init__(self) -> None:
        self.document: RequestDocument | None = None
        self.problems: list[Finding] = []
        self.template_problems: tuple[tuple[str, str], ...] = ()
        """What is wrong with the template that the name comes from; empty for a name that was typed."""
        self.draft = CheckpointDraft()
        self.body = b""
        self.verdict = Preflight(())
        self.is_touched = False
        """Whether the vault was left, or sending tried: before that an empty form shows no errors."""
        self._text = ""
        self._held = self._shown = CheckpointDraft()

    # the text and the fields

    def read(self, text: str) -> None:
        """Read another text."""
        self._text = text
        self.document, self.problems = drafts.read(text)

    def fill(self, held: CheckpointDraft, shown: CheckpointDraft) -> None:
        """Note that the fields were filled in by the draft ``held``, and what they ask for since then."""
        self._held, self._shown = held, shown

    def written(self, now: CheckpointDraft) -> tuple[str, str] | None:
        """Return the text with what has changed in the fields, and the name of the field; ``None`` when nothing has.

        ``now`` is what the fields ask for. What they cannot show stays as it is in the text.
        """
        if self.document is None or now == self._shown:
            return None
        wanted = drafts.merged(self._held, self._shown, now)
        field = next(name for name in drafts.FIELDS if getattr(now, name) != getattr(self._shown, name))
        self._shown = now
        if wanted == self._held:
            return None
        self._held = wanted
        return drafts.edited(self._text, wanted), field

    @property
    def unshown(self) -> list[str]:
        """The fields that do not show what the text says; all of them while it cannot be read."""
        return drafts.unshown(self._held, self._shown) if self.document is not None else list(drafts.FIELDS)

    @property
    def unshown_words(self) -> str:
        """Why fields are grey, empty when none is."""
        if self.document is None:
            return _("The form waits: the JSON beside it cannot be read. Correct it there, or undo (Ctrl+Z).")
        if not self.unshown:
            return ""
        names = listed([_(FIELD_WORDS[field]) for field in self.unshown])
        return _("The JSON says more than the form can show: {names}. Change that in the JSON tab.").format(names=names)

    # judging

    def judge(self, ledger: Ledger, now: datetime) -> None:
        """Judge the text as it stands, against all that is known."""
        if self.document is None:
            self.body, self.verdict = b"", Preflight(tuple(self.problems))
            return
        self.draft, self.body = self._named(), self.document.body
        found = preflight(self.draft, ledger, now)
        named = (
            block(FindingKind.NAME_TEMPLATE, RequestPart.NAME, problem=problem, part=part)
            for problem, part in self.template_problems
        )
        all_found = sorted((*self.problems, *named, *found.findings), key=lambda finding: finding.severity.value)
        self.verdict = replace(found, findings=tuple(all_found))

    def findings(self, subject: RequestPart, *, weighty: bool = True) -> list[Finding]:
        """Return what is found about a part of the form; ``weighty`` leaves out what is only worth knowing."""
        found = self.verdict.of(subject)
        return [finding for finding in found if finding.severity is not Severity.INFO] if weighty else found

    @property
    def words(self) -> str:
        """The verdict in a sentence."""
        return verdict_sentence(self.verdict)

    @property
    def objection(self) -> str:
        """What speaks against sending it, empty when nothing does."""
        if self.document is None:
            line, finding = next(drafts.lines_of(self._text, self.problems), (1, None))
            words = problem_sentence(finding) if finding is not None else _("There is no request in it.")
            return sentences(_("Not ready: line {line} of the JSON.").format(line=line), words)
        return self.words if self.verdict.is_blocked else ""

    @property
    def is_begun(self) -> bool:
        """Whether there is a request to judge already: an empty form is no mistake yet."""
        return self.is_touched or self.draft.vault_id is not None

    @property
    def first_block(self) -> Finding | None:
        """The most serious finding, ``None`` when nothing is in the way."""
        return next((finding for finding in self.verdict.findings if finding.severity is Severity.BLOCK), None)

    # what is asked for

    def change(self, ledger: Ledger) -> Change:
        """Return what is to be sent, byte for byte as the text has it."""
        return create_checkpoint.change(self.draft, ledger, self.body)

    @property
    def preview(self) -> Change | None:
        """The request as it would be sent, also while it names no vault yet; ``None`` while it cannot be read."""
        vault_id = self.draft.vault_id or VaultId("")
        return checkpoint_change(vault_id, "", self.body, self.draft.name) if self.body else None

    @property
    def scope_words(self) -> str:
        """How many resources are named."""
        named = self.draft.resources
        return (
            _("names no resource: the whole vault")
            if named is None
            else counted("names {count} resource", "names {count} resources", len(named))
        )

    @property
    def stem(self) -> str:
        """How a file of this request may be called."""
        return repaired_name(self.draft.name, NameRules.ASCII).strip("-") or "checkpoint"

    def last_request(self, ledger: Ledger) -> Intent | None:
        """Return the newest request for the same vault."""
        asked = [intent for intent in ledger.intents.values() if intent.change.vault_id == self.draft.vault_id]
        return max(asked, key=lambda intent: intent.created_at, default=None)

    def _named(self) -> CheckpointDraft:
        """Return what is asked for, with the names and types that the fields know of resources."""
        known = {choice.id: choice for choice in self._shown.resources or ()}
        named = tuple(
            replace(choice, name=choice.name or shown.name, type=choice.type or shown.type)
            if (shown := known.get(choice.id)) is not None
            else choice
            for choice in self._held.resources or ()
        )
        vault_id = self._held.vault_id or None
        return replace(self._held, vault_id=vault_id, resources=None if self._held.resources is None else named)
