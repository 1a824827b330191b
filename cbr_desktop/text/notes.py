"""What is told of requests from elsewhere: what was left out of one, or why it cannot be taken over."""

from cbr_desktop.domain.finding import JsonFault, Severity
from cbr_desktop.domain.foreign import REFUSALS, Note, NoteKind
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.states import quoted, status_words

_NOTES = {
    NoteKind.TOO_LARGE: N_("It is far larger than any real request. It was not read."),
    NoteKind.NOT_TEXT: N_("It is not text in UTF-8."),
    NoteKind.NOT_UNDERSTOOD: N_("It cannot be read: {what}."),
    NoteKind.NO_BODY: N_(
        "There is no request in it: a JSON object with the key ‘checkpoint’, or one that names its ‘operation’."
    ),
    NoteKind.BODY_IN_FILE: N_("The command takes its body from the file {what}. Import that file instead."),
    NoteKind.OTHER_METHOD: N_("The command asks for {what}; a checkpoint is made with POST."),
    NoteKind.OTHER_OPERATION: N_("The address leads to {what}, which is not the request for a checkpoint."),
    NoteKind.SECRET: N_("{what} may hold a secret. It was left out; secrets never stand in a draft."),
    NoteKind.ENDPOINT: N_("It names the address {what}. It was left out: a draft goes where its profile leads."),
    NoteKind.PROJECT: N_("It names the project {what}. It was left out: compare it with that of your profile."),
    NoteKind.IGNORED: N_("{what} was left out: a draft has no use for it."),
    NoteKind.KEPT: N_("{what} is unknown to this version. It stays in the file and is not sent."),
}


def note_sentence(note: Note) -> str:
    """Return a note in words."""
    if note.kind is NoteKind.SECRET and not note.what:
        return _("‘login in the address’ may hold a secret. It was left out; secrets never stand in a draft.")
    fault = next((fault for fault in JsonFault if fault == note.what), None)
    return _(_NOTES[note.kind]).format(what=quoted(note.what, 120) if fault is None else status_words(fault))


def note_severity(note: Note) -> Severity:
    """Return how much a note weighs."""
    if note.kind in REFUSALS:
        return Severity.BLOCK
    return Severity.INFO if note.kind in (NoteKind.KEPT, NoteKind.IGNORED) else Severity.WARN
