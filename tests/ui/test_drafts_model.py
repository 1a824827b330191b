"""The drafts of the folder without widgets."""

from dataclasses import dataclass, field

from msgspec.structs import replace

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.draft import Unsaved, new_text
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.ui.drafts.model import DraftsModel
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.scope import Scope
from tests.ui.draft_store import MemoryDraftStore
from tests.ui.estate import NOW, profile, resource, uid, vault

PATH = "/requests/a.cbr.json"
TEXT = new_text(CheckpointDraft(VaultId(uid(1)), "nightly"))


@dataclass
class Estate:
    """One ledger that is looked at, and a folder in memory."""

    draft_store: MemoryDraftStore | None = None
    scope: Scope = field(default_factory=Scope)
    open: Scope = field(default_factory=Scope)

    def __post_init__(self) -> None:
        ledger = Ledger(profile())
        held = vault(1, "vault-one", 100, 1000)
        held.resources = [resource(100 + number, held, number) for number in range(2)]
        ledger.put_vaults(Listing([held], NOW))
        for scope in (self.scope, self.open):
            scope.show([ledger])


def model(**texts: str) -> tuple[DraftsModel, MemoryDraftStore]:
    store = MemoryDraftStore(**texts)
    return DraftsModel(Estate(store), lambda: NOW), store


def kept(text: str, base: str = TEXT) -> Unsaved:
    return Unsaved("7", PATH, text, base, "p", NOW)


def test_a_row_has_what_was_not_saved_unless_that_is_in_an_editor() -> None:
    drafts, store = model(a=TEXT, b="{")
    store.kept["7"] = kept("mine")
    store.kept["8"] = replace(kept("new"), id="8", path="")
    rows = drafts.rows(store.entries(), ())
    assert [(row.file_name, row.unsaved is not None) for row in rows if row.path] == [
        ("a.cbr.json", True),
        ("b.cbr.json", False),
    ]
    assert len(rows) == 3
    assert [row.unsaved for row in drafts.rows(store.entries(), {"7", "8"})] == [None, None]


def test_what_is_restored_over_a_file_that_has_changed_must_not_be_written_over_it() -> None:
    drafts, store = model(a=TEXT)
    assert drafts.restored(kept("mine")).base == store.load(PATH)
    base = drafts.restored(kept("mine", base="another text")).base
    assert base is not None and (base.text, base.data) == ("another text", b"")


def test_one_draft_that_cannot_be_read_has_nothing_to_be_compared_with() -> None:
    drafts, store = model(a=TEXT, b=TEXT.replace("nightly", "weekly"))
    rows = drafts.rows(store.entries(), ())
    found = drafts.comparison(rows[:1], rows)
    assert found is not None and (found.one, found.other) == ("a.cbr.json", "b.cbr.json")
    gone = rows[0]._replace(path="/requests/gone.cbr.json", file_name="gone.cbr.json")
    assert drafts.comparison([gone], rows) is None


def test_why_no_draft_is_shown() -> None:
    nowhere = DraftsModel(Estate(), lambda: NOW)
    assert nowhere.nothing(0, "", is_read=False, is_silent=False).title == "The drafts have not been read yet"
    drafts, _ = model()
    assert drafts.nothing(3, "x", is_read=True, is_silent=False).title == "No drafts match the filter"
    assert drafts.nothing(0, "", is_read=False, is_silent=True).title == "The folder does not answer"
    assert drafts.nothing(0, "", is_read=False, is_silent=False).title == "The folder is being read"
    assert drafts.nothing(0, "", is_read=True, is_silent=False).title == "No drafts"
