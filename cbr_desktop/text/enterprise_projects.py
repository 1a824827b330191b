"""Words for enterprise projects: by name where it is known, and what became of reading them."""

from collections.abc import Mapping

from cbr_desktop.domain.enterprise_project import EnterpriseProject
from cbr_desktop.domain.ids import DEFAULT_ENTERPRISE_PROJECT
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.states import shown
from cbr_desktop.workflows.ledger import Freshness, Part, Reading


def enterprise_project_words(id: str, known: Mapping[str, EnterpriseProject]) -> str:
    """Return an enterprise project by its name; by its id where the name is not known."""
    found = known.get(id or DEFAULT_ENTERPRISE_PROJECT)
    if found is None:
        return _("Default") if id in ("", DEFAULT_ENTERPRISE_PROJECT) else shown(id, 40)
    return named_words(found)


def named_words(project: EnterpriseProject) -> str:
    """Return an enterprise project by its name, with what is particular to it."""
    name = shown(project.name, 80) or shown(project.id, 40)
    if project.is_default:
        return _("{name} (the default one)").format(name=name)
    return name if project.enabled else _("{name} (disabled)").format(name=name)


def project_label(name: str, id: str) -> str:
    """Return an enterprise project within a sentence: its name, else its id."""
    return shown(name, 80) or (_("default") if id == DEFAULT_ENTERPRISE_PROJECT else shown(id, 40))


def reading_note(ledger: Reading) -> str:
    """Return how the list of enterprise projects stands, empty where it is whole."""
    return note_of(ledger.freshness[Part.ENTERPRISE_PROJECTS])


def note_of(freshness: Freshness) -> str:
    """Return how a list of enterprise projects stands, empty where it is whole."""
    if freshness.error is not None:
        return sentences(_("The names of enterprise projects could not be read."), error_sentence(freshness.error))
    if freshness.as_of is None:
        return _("Reading the enterprise projects of the account…") if freshness.loading else ""
    if not freshness.complete:
        return _("Not all enterprise projects could be read. One that is missing here can be named by its id.")
    return ""
