"""Batches of backups: shared with the same projects, and replicated to one vault of another region."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.backup import BackupTraits
from cbr_desktop.domain.listing import Listing
from cbr_desktop.text.catalogue import spoken
from cbr_desktop.ui.backups.forms import FORMS
from cbr_desktop.ui.backups.page import replication_hindrance, share_hindrance
from cbr_desktop.ui.operations.batch import BatchWindow
from tests.pseudo import Pseudo, narrow_words
from tests.ui.mnemonics import clashes
from tests.ui.test_batch_vaults import sent
from tests.ui.test_batch_window import NOW, ROWS, TEST, Scene, column, confirm, said
from tests.ui.test_sharing import AUDIT, OPS, THERE
from tests.widgets import words
from tests.workflows.test_batch import SERVER, made

Open = Callable[[Scene, str, Sequence[Any]], BatchWindow]
SEALED = made(7, 6, traits=BackupTraits(encrypted=True))


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def make(scene: Scene, verb: str, asked: Sequence[Any]) -> BatchWindow:
        for context in scene.workspace.contexts:
            context.ledger.put_destinations(("eu-nl",), [THERE.project], Listing([THERE], NOW))
            context.ledger.put_backups(Listing([*ROWS, SEALED], NOW))
        window = BatchWindow(scene.workspace, asked, FORMS.several[verb](asked))
        qtbot.addWidget(window)
        window.show()
        return window

    return make


def test_several_backups_are_shared_with_the_same_projects(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path)
    window = opened(scene, "share", [(scene.context, row) for row in ROWS[:2]])
    assert said(window) == "Not ready: No project is chosen yet."
    assert column(window, "What was found") == ["No project is chosen yet."] * 2
    assert set(column(window, "Done to")) == {row.name for row in ROWS[:2]}
    window.form.projects.project.setEditText(AUDIT)
    window.form.projects.add_project()
    window.form.projects.project.setEditText(OPS)
    assert confirm(window).text() == "Share 2 backups"
    assert confirm(window).isEnabled(), said(window)
    confirm(window).click()
    assert sent(scene) == [(TEST.name, {"members": [AUDIT, OPS]})] * 2


def test_several_backups_are_replicated_to_one_vault(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path)
    window = opened(scene, "replicate", [(scene.context, row) for row in ROWS[:2]])
    assert confirm(window).text() == "Replicate 2 backups"
    assert confirm(window).isEnabled(), said(window)
    confirm(window).click()
    where = THERE.destination
    inner = {
        "destination_project_id": where.project_id,
        "destination_region": where.region,
        "destination_vault_id": where.vault_id,
    }
    assert [body["replicate"] | inner for _profile, body in sent(scene)] == [inner] * 2


def test_a_choice_of_one_region_is_nothing_for_backups_of_another(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path, TEST, replace(TEST, name="There", region="eu-nl"))
    first, second = scene.workspace.contexts
    for verb in ("share", "replicate"):
        window = opened(scene, verb, [(first, ROWS[0]), (second, ROWS[1])])
        if verb == "share":
            window.form.projects.project.setEditText(AUDIT)
        assert column(window, "Verdict") == ["Not possible", "Ready"]
        assert "It is not in region ‘eu-de’" in column(window, "What was found")[0]
        assert not confirm(window).isEnabled()


def test_what_cannot_go_is_left_out_of_a_batch_and_alone_it_cannot_be_asked_for(tmp_path: Path, opened: Open) -> None:
    scene = Scene(tmp_path)
    window = opened(scene, "share", [(scene.context, ROWS[0]), (scene.context, SEALED)])
    window.form.projects.project.setEditText(AUDIT)
    assert column(window, "Verdict") == ["Not possible", "Ready"]
    assert share_hindrance([ROWS[0], SEALED]) == "" == share_hindrance([])
    assert share_hindrance([SEALED]).startswith("It holds encrypted disks")
    replica = replace(made(8, 5), image_type="replication")
    assert replication_hindrance([replica, made(9, 4, SERVER)]) == ""
    assert replication_hindrance([replica]).startswith("It is a replica")


@pytest.mark.parametrize("verb", ["share", "replicate"])
def test_no_letter_leads_to_two_things_and_every_word_passes_the_catalogue(
    tmp_path: Path, opened: Open, verb: str
) -> None:
    scene = Scene(tmp_path)
    asked = [(scene.context, row) for row in ROWS[:2]]
    assert clashes(opened(scene, verb, asked)) == {}
    with spoken(Pseudo()):
        form = opened(scene, verb, asked).form
        assert narrow_words(words(form), ["vault-nl", "eu-nl_prod", "eu-nl", "GB", AUDIT]) == []
