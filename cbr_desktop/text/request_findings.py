"""What is found of the JSON and of the names of a request, as sentences for people."""

from collections.abc import Mapping

from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.template import TOKENS
from cbr_desktop.text.catalogue import N_, _, listed, pgettext, sentences
from cbr_desktop.text.finding_words import FindingWords, is_int, presented
from cbr_desktop.text.states import counted, quoted, shown, status_words


def json_words(finding: Finding) -> str:
    """Return why something is not JSON: in the parser's words what is wrong with its form, else in ours."""
    return shown(finding.facts["detail"]).rstrip(".") or status_words(finding.facts["fault"])


def template_sentence(problem: tuple[str, str]) -> str:
    """Return what is wrong with a name template; ``problem`` is one of ``Rendered.problems``."""
    kind, part = problem
    return {
        "unknown-token": _("The template knows no value {token}. Choose one from its list: {known}.").format(
            token=quoted("{" + part + "}"), known=listed([f"{{{token}}}" for token in TOKENS])
        ),
        "no-ticket": _("The template asks for the number of a ticket. Enter it, or choose another template."),
        "unknown-filter": _("The template knows no filter {part}. Use lower, slug or trunc with a number.").format(
            part=quoted(part)
        ),
        "bad-width": _("The width in {part} is no whole number from 1 to 64.").format(part=quoted(part)),
        "stray-brace": _("A brace {part} in the template has no partner.").format(part=quoted(part)),
    }[kind]


def _too_long(finding: Finding) -> str:
    is_description, has_path = finding.subject is RequestPart.DESCRIPTION, "path" in finding.facts
    if is_description:
        too_long = (
            _("The description in ‘{path}’ has {length} characters, {over} more than the {limit} allowed. Shorten it.")
            if has_path
            else _("The description has {length} characters, {over} more than the {limit} allowed. Shorten it.")
        )
    else:
        too_long = (
            _("The name in ‘{path}’ has {length} characters, {over} more than the {limit} allowed. Shorten it.")
            if has_path
            else _("The name has {length} characters, {over} more than the {limit} allowed. Shorten it.")
        )
    return too_long.format_map(presented(finding.facts))


def _bad_character(finding: Finding) -> str:
    facts = finding.facts
    character, count = str(facts["character"]), facts.get("count")
    what = _("A space") if character == " " else quoted(character)
    many = (
        counted("There are {count} such characters.", "There are {count} such characters.", count)
        if is_int(count) and count > 1
        else ""
    )
    if finding.subject is RequestPart.DESCRIPTION:
        bad = _(
            "{character} at position {position} is not allowed in a description: < and > are not. Take it out or use ‹"
            " and ›."
        )
        return sentences(bad.format(character=what, position=facts["position"]), many)
    bad = _("{character} at position {position} is not allowed in a name ({allowed} are). Replace it.")
    allowed = status_words(facts.get("rules", NameRules.ASCII))
    return sentences(bad.format(character=what, position=facts["position"], allowed=allowed), many)


def _control_character(finding: Finding) -> str:
    facts = finding.facts
    bad = (
        _("A tab at position {position} is not allowed in a description. Delete it.")
        if facts["code_point"] == "U+0009"
        else _(
            "An invisible character ({code_point}) at position {position} is not allowed in a description. Delete it."
        )
    )
    return bad.format(code_point=facts["code_point"], position=facts["position"])


def _bad_id(finding: Finding) -> str:
    found = quoted(finding.facts["found"], 80)
    if finding.subject is RequestPart.VAULT:
        return _(
            "{found} is no known vault and no id of one. Choose a vault from the list, or copy its id again."
        ).format(found=found)
    path = shown(finding.facts["path"])
    return _("{found} in {path} is no id: 32 hexadecimal digits in the form 8-4-4-4-12. Copy it again.").format(
        found=found, path=path
    )


def _wrong_type(finding: Finding) -> str:
    facts = presented(finding.facts)
    expected = finding.facts["expected"]
    if isinstance(expected, tuple):
        facts["expected"] = pgettext("between words of which one is chosen", " or ").join(
            quoted("true" if each is True else each) for each in expected
        )
    return _("‘{path}’ must be {expected}, but is {found}. Correct it in the file.").format_map(facts)


def _missing(finding: Finding) -> str:
    return _("The file has no {path}, which every request needs. Add it.").format(path=quoted(finding.facts["path"]))


def _not_json(finding: Finding) -> str:
    bad = (
        _(
            "The file is not valid JSON at line {line}, column {column}: {why}. Correct it in an editor and open it"
            " again."
        )
        if finding.facts["line"]
        else _("The file is not valid JSON: {why}. Correct it in an editor and open it again.")
    )
    return bad.format_map(presented(finding.facts) | {"why": json_words(finding)})


def _not_object(finding: Finding) -> str:
    facts = presented(finding.facts)
    if not facts["path"]:
        return _("The file must hold a JSON object in braces, but holds {found}.").format(found=facts["found"])
    return _("{path} must hold a JSON object in braces, but holds {found}.").format(
        path=quoted(facts["path"]), found=facts["found"]
    )


def _name_template(finding: Finding) -> str:
    return template_sentence((str(finding.facts["problem"]), str(finding.facts["part"])))


REQUEST_FINDINGS: Mapping[FindingKind, FindingWords] = {
    FindingKind.NOT_JSON: _not_json,
    FindingKind.TOO_LARGE: N_("The file has {size} bytes; a request may have {limit}. Choose another file."),
    FindingKind.NOT_OBJECT: _not_object,
    FindingKind.MISSING: _missing,
    FindingKind.WRONG_TYPE: _wrong_type,
    FindingKind.DUPLICATE_KEY: N_("The key ‘{path}’ stands twice in one object; which one counts? Delete one."),
    FindingKind.UNKNOWN_KEY: N_("The key ‘{path}’ is unknown to this version. It is sent as it is and may be refused."),
    FindingKind.HALF_CHARACTER: N_(
        "‘{path}’ holds half a character ({code_point}), which cannot be sent. Take it out of the text or its key."
    ),
    FindingKind.OPERATION_UNKNOWN: N_(
        "This version has no operation ‘{found}’ for a file. It has {known}. Correct it."
    ),
    FindingKind.CHECKPOINT_WRAPPED: N_(
        "The file of a checkpoint has ‘checkpoint’ itself at the top, without ‘operation’ and ‘body’. Take it out of"
        " these, or import the file."
    ),
    FindingKind.TWO_REQUESTS: N_(
        "The file asks for a checkpoint and for ‘{operation}’; which one counts? Keep one of them, the other in a file"
        " of its own."
    ),
    FindingKind.NOT_TAKEN: N_("The operation takes no ‘{path}’. Take it out."),
    FindingKind.PRIOR_MISSING: N_(
        "It takes the result of another request, and waits for none. Such a request is a step of a plan, with ‘after’."
    ),
    FindingKind.TOO_LONG: _too_long,
    FindingKind.BAD_CHARACTER: _bad_character,
    FindingKind.CONTROL_CHARACTER: _control_character,
    FindingKind.NAME_LOOKS_AUTOMATIC: N_(
        "The name begins like those of automatic backups (autobk). Begin it differently, so that nobody takes it"
        " for one."
    ),
    FindingKind.NAME_TAKEN: N_(
        "‘{name}’ is in use already in this vault. A lost answer is easier to find again under a name of its own."
    ),
    FindingKind.NAME_OMITTED: N_(
        "Without a name the service chooses one; a lost answer is then looked for only by vault, resources and time."
    ),
    FindingKind.NAME_EMPTY: N_(
        "The name is empty, and the service takes none of that kind. Write one, or take the key out: it chooses then."
    ),
    FindingKind.NAME_NO_ROOM_FOR_SUFFIX: N_(
        "The name has {length} characters. For several resources the service adds -0001 and so on;"
        " keep it to {limit} to leave room."
    ),
    FindingKind.BAD_ID: _bad_id,
    FindingKind.OTHER_SPELLING: N_(
        "The service spells the id ‘{found}’ as ‘{written}’. Write it so too: its answers are told apart by that."
    ),
    FindingKind.NAME_TEMPLATE: _name_template,
    FindingKind.BETA_FIELD: N_("Not every region knows ‘{path}’; where it is unknown the service refuses the request."),
    FindingKind.NAME_MISSING: N_("There is no name. Write one of 1 to 64 characters."),
    FindingKind.NAME_UNCHANGED: N_("The backup is called ‘{name}’ already. Write another name, or leave it."),
    FindingKind.OUT_OF_RANGE: N_("‘{path}’ may be {low} to {high}, not {found}. Correct it."),
}
