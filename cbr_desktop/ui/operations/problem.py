"""The words for what is wrong with a text while it is edited."""

from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.request_findings import json_words


def problem_sentence(finding: Finding) -> str:
    """Return what is wrong with a text that is being edited, where the sentence for files speaks of opening it."""
    if finding.kind is not FindingKind.NOT_JSON:
        return finding_sentence(finding)
    bad = (
        _("This is not valid JSON at column {column}: {why}. Correct it here, or undo (Ctrl+Z).")
        if finding.facts["line"]
        else _("This is not valid JSON: {why}. Correct it here, or undo (Ctrl+Z).")
    )
    why = json_words(finding)
    if finding.facts["detail"]:  # the parser's English, which begins as a sentence does, stands within one here
        why = why[:1].lower() + why[1:]
    return bad.format(column=finding.facts.get("column"), why=why)
