"""The words for what is wrong with a text while it is edited."""

from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.text.sentences import finding_sentence, json_words


def problem_sentence(finding: Finding) -> str:
    """Return what is wrong with a text that is being edited, where the sentence for files speaks of opening it."""
    if finding.kind is not FindingKind.NOT_JSON:
        return finding_sentence(finding)
    detail = json_words(finding)
    place = f" at column {finding.facts['column']}" if finding.facts["line"] else ""
    return f"This is not valid JSON{place}: {detail[:1].lower()}{detail[1:]}. Correct it here, or undo (Ctrl+Z)."
