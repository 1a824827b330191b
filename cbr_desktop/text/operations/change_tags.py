"""The words of a change of the tags of a vault."""

from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.domain.vault_changes import read_tag_change
from cbr_desktop.text.catalogue import _, listed
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown

_NAMES = 10


def _looking(intent: Intent) -> str:
    return _(
        "Reading which tags vault {name} has. If they are as before, the change is sent again by itself, at most twice,"
        " while your confirmation is fresh."
    ).format(name=subject_name(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _(
        "The tags of vault {name} were not as they were asked for by {until}; most likely it was never carried out."
    ).format(name=subject_name(intent), until=until)


def _tags(intent: Intent) -> str:
    """Return the tags that are set, or the keys of those that are deleted."""
    draft = read_tag_change(intent.body, VaultId(intent.subject.id))
    if draft is None:
        return ""
    told = [shown(key if draft.deletes or not value else f"{key}={value}", 90) for key, value in draft.tags[:_NAMES]]
    said = _("Tags that are deleted: {tags}") if draft.deletes else _("Tags that are set: {tags}")
    return said.format(tags=listed(told))


def _report(intent: Intent) -> list[str]:
    head = _("Change tags of vault: {name} ({id})").format(name=known_name(intent), id=intent.subject.id)
    tags = _tags(intent)
    return [head, tags] if tags else [head]


def change_tags() -> Words:
    """Return the words of a change of the tags of a vault."""
    return Words(
        title=_("Change tags"),
        thing=_("vault"),
        things=_("vaults"),
        thing_title=_("Vault"),
        id_title=_("Vault id"),
        place=_("the tags of the vault"),
        refused=_("Refused; the vault has the tags that it had."),
        taken_back=_("Taken back before it was sent; the vault has the tags that it had."),
        found=_("The answer had been lost; reading has shown that the tags are as they were asked for."),
        accepted=_("Accepted; the tags are changed."),
        running=_("Changing"),
        done=_("Changed"),
        partly=_("Partly changed"),
        failed=_("Not changed"),
        line=_("Vault"),
        lines=_("Vaults"),
        twice=_(
            "If the first one came late after all, the second one makes the tags the same once more. What somebody else"
            " has changed of them meanwhile is undone by that."
        ),
        name=lambda intent: _("Change tags of vault {name}").format(name=shown(intent.subject.label, 64)),
        request=lambda intent: _("Request {id} to change tags of vault {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        request_inside=lambda intent: _("request {id} to change tags of vault {name}").format(
            id=short_id(intent), name=subject_name(intent)
        ),
        unproved_request=lambda intent: _("The request to change tags of vault {name}").format(
            name=subject_name(intent)
        ),
        sought=lambda intent: _("the tags of vault {name}").format(name=subject_name(intent)),
        searched=lambda intent: _("vault {name}").format(name=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=lambda _intent, _outcome: _("Changed. The tags are as they were asked for."),
        report=_report,
        plan=PlanWords(
            whole=_("Finished: everything is changed"),
            part=_("Ended: only a part is changed"),
            none=_("Ended: nothing is changed"),
            partly=_("Partly changed"),
            nothing=_("Nothing changed"),
            without=lambda count: counted("{count} with nothing changed", "{count} with nothing changed", count),
        ),
        fates={Fate.DONE: _("Changed")},
        batch=lambda count: counted("Set tags of {count} vault", "Set tags of {count} vaults", count),
    )
