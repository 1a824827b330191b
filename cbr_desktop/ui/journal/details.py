"""What the details say of an entry of the journal."""

from cbr_desktop.domain.journal import Entry, EntryKind
from cbr_desktop.text import evidence
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import NEUTRAL, REMARK
from cbr_desktop.text.states import grouped
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.ui.session.sheet import Relation, Sheet


def entry_sheet(entry: Entry, times: Times) -> Sheet:
    """Return what is known of an entry of the journal, with its hash and the one before."""
    event = entry.event
    facts = [
        (_("Number"), grouped(entry.number)),
        (_("Time"), times.both(entry.at)),
        (_("By"), event.by or NONE),
        (_("Profile"), event.profile or NONE),
        (_("Project"), event.project or NONE),
        (_("Vault"), event.vault_name or event.vault or NONE),
        *([(_("Its id"), event.vault)] if event.vault_name and event.vault else []),
        (_("Request"), event.intent or NONE),
        (_("Hash"), _in_halves(entry.hash)),
        (_("Hash before"), _in_halves(entry.before) if entry.number > 1 else _("none: this is the first entry")),
    ]
    before = (
        _("Before: entry {entry}, hash {before}").format(entry=grouped(entry.number - 1), before=entry.before)
        if entry.number > 1
        else ""
    )
    return Sheet(
        entry.hash,
        _("Entry {entry}").format(entry=grouped(entry.number)),
        _("Entry of the journal"),
        evidence.entry_kind_words(event.kind),
        REMARK if event.kind == EntryKind.REMARK else NEUTRAL,
        evidence.entry_summary(entry),
        facts,
        [Relation(before)] if before else [],
        [],
        None,
    )


def _in_halves(digest: str) -> str:
    """Return a digest that can be broken into two lines; copying gives it as it is."""
    return f"{digest[:32]} {digest[32:]}".rstrip()
