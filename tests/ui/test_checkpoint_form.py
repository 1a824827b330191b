"""The form of a checkpoint without its widgets: text and fields are two views of one draft."""

import json

from msgspec.structs import replace

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.draft import new_text
from cbr_desktop.domain.finding import FindingKind, RequestPart
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.ui.checkpoint.form import CheckpointForm
from cbr_desktop.workflows.ledger import Ledger
from tests.ui.estate import NOW, profile, resource, uid, vault

DRAFT = CheckpointDraft(VaultId(uid(1)), "nightly")


def ledger() -> Ledger:
    made = Ledger(profile())
    held = vault(1, "vault-one", 100, 1000)
    held.resources = [resource(100 + number, held, number) for number in range(2)]
    made.put_vaults(Listing([held], NOW))
    return made


def filled(text: str, shown: CheckpointDraft | None = None) -> CheckpointForm:
    """A form whose fields show what they can of a text."""
    form = CheckpointForm()
    form.read(text)
    assert form.document is not None
    form.fill(form.document.draft, shown or form.document.draft)
    form.judge(ledger(), NOW)
    return form


def test_what_changes_in_the_fields_goes_into_the_text_and_the_rest_stays() -> None:
    text = new_text(DRAFT).replace('"checkpoint"', '"ticket": "CHG-1", "checkpoint"')
    form = filled(text)
    assert form.written(DRAFT) is None
    written = form.written(replace(DRAFT, name="weekly"))
    assert written is not None
    assert written == (text.replace("nightly", "weekly"), "name")


def test_a_field_that_cannot_show_the_text_keeps_it() -> None:
    """What the field shows in its place is nobody's wish: only what is changed in it is."""
    kept = replace(DRAFT, retention_days=30)
    form = filled(new_text(kept), replace(kept, retention_days=None))
    assert form.unshown == ["retention_days"]
    assert "keep for" in form.unshown_words
    written = form.written(replace(kept, retention_days=None, name="weekly"))
    assert written is not None
    assert json.loads(written[0])["checkpoint"]["parameters"]["retention_duration_days"] == 30


def test_a_text_that_cannot_be_read_greys_all_and_says_where() -> None:
    form = filled(new_text(DRAFT))
    form.read(new_text(DRAFT).replace("{", "[", 1))
    form.judge(ledger(), NOW)
    assert len(form.unshown) == 8
    assert form.objection.startswith("Not ready: line 2 of the JSON.")
    assert (form.preview, form.body, form.written(replace(DRAFT, name="x"))) == (None, b"", None)


def test_an_empty_form_is_no_mistake_until_somebody_has_touched_it() -> None:
    form = filled(new_text(CheckpointDraft()))
    assert (form.is_begun, bool(form.objection)) == (False, True)
    form.is_touched = True
    assert form.is_begun
    assert form.first_block is not None and form.first_block.subject is RequestPart.VAULT


def test_what_is_wrong_with_the_template_of_the_name_is_in_the_way() -> None:
    form = filled(new_text(DRAFT))
    assert form.objection == ""
    form.template_problems = (("unknown-token", "tikcet"),)
    form.judge(ledger(), NOW)
    assert [finding.kind for finding in form.findings(RequestPart.NAME)] == [FindingKind.NAME_TEMPLATE]
    assert "{ticket}" in form.objection


def test_what_is_sent_is_the_text_byte_for_byte() -> None:
    form = filled(new_text(DRAFT))
    assert form.change(ledger()).body == form.body
    assert form.preview is not None and form.preview.body == form.body
    assert form.stem == "nightly"
    assert form.last_request(ledger()) is None
