"""The errors of this program and the codes of the service as sentences: what happened, to which thing, what to do."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from cbr_desktop.domain.enterprise_project import Hindrance
from cbr_desktop.domain.error import (
    AccountUntold,
    BadAnswer,
    CbrError,
    ChangedOutside,
    CloudError,
    Damaged,
    ErrorDetail,
    FieldFault,
    Forbidden,
    InUse,
    LoginRefused,
    Missing,
    NewerVersion,
    NoAnswer,
    NoProfile,
    NotAsked,
    NotFound,
    NotSaved,
    ProfileError,
    ReadOnly,
    Redirected,
    Refused,
    SecretMissing,
    SecretUnfit,
    SignInPage,
    StorageError,
    Throttled,
    Unproved,
    Unreachable,
    UnreachableReason,
)
from cbr_desktop.text.catalogue import N_, _, listed, sentences
from cbr_desktop.text.codes import Explanation, explain
from cbr_desktop.text.identity import fault_words, secret_words
from cbr_desktop.text.states import clock_words, quoted, quoted_sentence, shown


def raised_sentence() -> str:
    """Return what a second start says before it ends."""
    return _("CBR Desktop is running already; its window was brought to the front.")


def crash_sentence(report: str) -> str:
    """Return that the program died the last time, and where it is written how."""
    return _(
        "CBR Desktop ended by a fault of its own the last time. Requests that were on their way are looked for now. "
        "Where it happened, without any of your data, is in {report}."
    ).format(report=report)


def sealed_sentence(error: StorageError) -> str:
    """Return that this start can only look, and why."""
    sealed = _(
        "Read-only mode: requests cannot be kept safe on this disk, so none is sent. You can look at everything, and"
        " save requests to files."
    )
    return sentences(sealed, error_sentence(error))


def settings_sentence(error: Damaged) -> str:
    """Return that sizes, columns and theme are those of a first start, and where the file that was bad is."""
    lost = _(
        "The file of what the screens remember could not be read, so sizes, columns and theme are as at a first start."
        " What was there is kept in {path}."
    )
    return sentences(lost.format(path=quoted(error.path)), _detail(error))


def rescued_sentence(error: Damaged) -> str:
    """Return that requests in the outbox were damaged, and where what is left of them is kept."""
    rescued = _(
        "The outbox was damaged. What is certainly whole was taken over, the rest is kept in {path}."
        " Look at the tasks of your vaults before you send anything again."
    )
    return sentences(rescued.format(path=quoted(error.path)), _detail(error))


def error_sentence(error: CbrError) -> str:
    """Return what happened, to which thing, and what to do."""
    for kind in type(error).__mro__:
        if kind in _ERRORS:
            return _ERRORS[kind](error)
    return _("Something went wrong that this version cannot explain. Look into the log.")


def reading_sentence(error: CbrError) -> str:
    """Return what happened while something was read, which changes nothing, whatever became of the answer."""
    if isinstance(error, Unreachable) and error.reason == UnreachableReason.OFFLINE:
        return _("You work offline; end that in the status bar.")
    if isinstance(error, NoAnswer):
        host, detail = shown(error.host), shown(error.detail)
        if detail:
            return _("{host} did not answer, or its answer was cut short ({detail}).").format(host=host, detail=detail)
        return _("{host} did not answer, or its answer was cut short.").format(host=host)
    return error_sentence(error)


_FORBIDDEN = "403"
_DENIED = re.compile(r"doesn't allow ((?:[A-Za-z]{1,40}:){2}[A-Za-z]{1,60}) to be performed")
"""How a refusal names the permission that is missing, in the service's answers to what is not allowed (403)."""


def refusal_sentence(code: str, message: str = "", request_id: str = "") -> str:
    """Return what an error code means and what to do, with the service's own words and the id to give to support."""
    explanation, denied = explain(code), _DENIED.search(message)
    parts = []
    if explanation:
        parts += [meaning_sentence(explanation), explanation.remedy]
    elif denied is not None:
        words = _("The login lacks the permission {action}. Ask the administrator of the account for it.")
        parts.append(words.format(action=quoted(denied[1])))
    elif code == _FORBIDDEN:
        parts.append(_("The login is not permitted to do this. Ask the administrator of the account for it."))
    elif code:
        parts.append(
            _("The service gave the code {code}, which this version does not know.").format(code=shown(code, 60))
        )
    if message:
        parts.append(_("The service says: {message}.").format(message=quoted_sentence(message)))
    return sentences(*parts, _request_id(request_id))


def meaning_sentence(explanation: Explanation) -> str:
    """Return a code with what it means."""
    return _("{code}: {meaning}.").format(code=explanation.code, meaning=explanation.meaning)


def _unreachable(error: Unreachable) -> str:
    if error.reason == UnreachableReason.OFFLINE:
        return _("You work offline: nothing was sent, and nothing is read. End that in the status bar.")
    where = _UNREACHABLE.get(
        error.reason,
        N_("Cannot reach {host}: no connection could be made. Check the network, the endpoint and the proxy."),
    )
    company = _COMPANY if error.reason in _CERTIFICATES else ""
    return sentences(_(where).format(host=shown(error.host)), _(company), _("Nothing was sent."), _detail(error))


_COMPANY = N_(
    "If your company has an authority of its own, add it to the trust store of this machine,"
    " or name its file as the company CA in the profile."
)
_CERTIFICATES = (
    UnreachableReason.SELF_SIGNED,
    UnreachableReason.EXPIRED,
    UnreachableReason.WRONG_NAME,
    UnreachableReason.UNKNOWN_AUTHORITY,
    UnreachableReason.TLS,
)
_UNREACHABLE = {
    UnreachableReason.NAME: N_(
        "Cannot reach {host}: its name could not be resolved. Check the network and the endpoint in the profile."
    ),
    UnreachableReason.TIMEOUT: N_(
        "Cannot reach {host}: it did not take the connection in time. Check the network, a firewall or a proxy."
    ),
    UnreachableReason.PROXY: N_(
        "Cannot reach {host}: the proxy refused or did not answer. Check the proxy settings in the profile or of this"
        " machine."
    ),
    UnreachableReason.PROXY_LOGIN: N_(
        "Cannot reach {host}: the proxy wants a login, or did not accept the one it got. Put user and password of the"
        " proxy into the profile."
    ),
    UnreachableReason.CA_FILE: N_(
        "Cannot reach {host}: the company CA file could not be read. Put the right file into the profile."
    ),
    UnreachableReason.SELF_SIGNED: N_("Cannot reach {host}: its certificate is signed by nobody but itself."),
    UnreachableReason.EXPIRED: N_(
        "Cannot reach {host}: its certificate has expired or is not valid yet. Check the clock of this machine; if it"
        " is right, the certificate must be renewed there."
    ),
    UnreachableReason.WRONG_NAME: N_(
        "Cannot reach {host}: its certificate is made out to another name. Check the endpoint in the profile; something"
        " may stand in between."
    ),
    UnreachableReason.UNKNOWN_AUTHORITY: N_(
        "Cannot reach {host}: nobody whom this machine trusts vouches for its certificate."
    ),
    UnreachableReason.TLS: N_(
        "Cannot reach {host}: no secure connection could be made. Check the endpoint in the profile and the clock of"
        " this machine."
    ),
}


def _no_answer(error: NoAnswer) -> str:
    lost = _("{host} did not answer, or its answer was cut short. It may have acted all the same.")
    return sentences(lost.format(host=shown(error.host)), _detail(error))


def _bad_answer(error: BadAnswer) -> str:
    bad = (
        _("The answer of {host} (HTTP {status}) is not one of this service. Check the endpoint in the profile.")
        if error.status
        else _("The answer of {host} is not one of this service. Check the endpoint in the profile.")
    )
    said = bad.format(host=shown(error.host), status=error.status)
    return sentences(said, _detail(error), _request_id(error.request_id))


def _redirected(error: Redirected) -> str:
    place = quoted(error.detail) if error.detail else _("another address")
    return _(
        "{host} points to {place}, which was not followed; nothing was sent there. If that is where this"
        " network wants a sign-in, sign in with a browser; otherwise put the right endpoint into the profile."
    ).format(host=shown(error.host), place=place)


def _sign_in_page(error: SignInPage) -> str:
    return _(
        "A web page answered in place of {host}: most likely this network wants a sign-in."
        " Sign in with a browser, then try again."
    ).format(host=shown(error.host))


def _unproved(error: Unproved) -> str:
    unproved = _(
        "What {host} says of a newer version is not proved by its signature and was not used."
        " Ask whoever set up the update check."
    )
    return sentences(unproved.format(host=shown(error.host)), _detail(error))


def _refused(error: Refused) -> str:
    head = _("{host} refused the request (HTTP {status}).").format(host=shown(error.host), status=error.status)
    return sentences(head, refusal_sentence(error.code, error.message, error.request_id))


def login_remedy(error: LoginRefused) -> str:
    """Return why a login was not accepted, as far as that is known, and what to do."""
    remedy = _LOGIN_REASONS.get(
        error.reason,
        N_("Check user, domain, project and password of the profile; a locked user gets the same answer."),
    )
    return _(remedy)


def _login_refused(error: LoginRefused) -> str:
    if error.refused_at is not None:
        return _not_tried_again(error, error.refused_at)
    return sentences(
        _("{host} did not accept the login.").format(host=shown(error.host)),
        login_remedy(error),
        _code(error) if error.status else _("Nothing was sent."),
        _said(error.message),
        _request_id(error.request_id),
    )


def _not_tried_again(error: LoginRefused, at: datetime) -> str:
    refused = _("{host} refused this password at {at}, so it was not sent again: each wrong try may lock the user.")
    anew = _("To try this one all the same, log in or test the profile in the window, or start with --try-again.")
    said = refused.format(host=shown(error.host), at=clock_words(at, None))
    return sentences(said, login_remedy(error), anew, _code(error))


_LOGIN_REASONS = {
    "locked": N_("The user is locked after too many wrong tries. Wait 15 minutes before you give the password again."),
    "passcode": N_(
        "A passcode is wanted, or it was wrong. Set passcode and user id in the profile, then give another."
    ),
    "account-kind": N_("This account cannot log in by password. Use an IAM user with programmatic access, or keys."),
    "domain": N_("The domain (the account's name) is not known there. Correct it in the profile."),
    "project": N_("The profile's project is not one that this login is for. Choose another project or another login."),
    "token": N_("The token is not valid or has ended. Paste a new one."),
    "keys": N_("The access key or its secret is wrong or no longer valid. Enter both again."),
    "agency": N_("The agency cannot be used. Check its name, the account that lent it, and your right to act for it."),
    "clock": N_(
        "The clock of this machine seems to be wrong: signed requests arrive too old or too early. Set the clock."
    ),
    "user-id": N_("A login with a passcode needs the user's id. Put it into the profile."),
}


def _forbidden(error: Forbidden) -> str:
    denied = _("The account may not do this at {host}. Ask its administrator for the permission.")
    return _with_answer(denied.format(host=shown(error.host)), error)


def _account_untold(error: AccountUntold) -> str:
    untold = _(
        "{host} did not take the request. The access key could not tell which account it is of, which the service may"
        " want to know: a login by password tells it. Else the permission is missing."
    )
    return _with_answer(untold.format(host=shown(error.host)), error)


def _not_found(error: NotFound) -> str:
    unknown = _(
        "{host} does not know what was asked for; it may be gone, or missing in this region. Refresh and look again."
    )
    return _with_answer(unknown.format(host=shown(error.host)), error)


def _with_answer(sentence: str, error: Refused) -> str:
    """Return a sentence with what else the answer told: its code, its message and its id."""
    return sentences(sentence, _code(error), _said(error.message), _request_id(error.request_id))


def _throttled(error: Throttled) -> str:
    later = (
        _("{host} takes no more requests for now; it is tried again in {seconds} s.")
        if error.retry_after
        else _("{host} takes no more requests for now; it is tried again shortly.")
    )
    said = later.format(host=shown(error.host), seconds=round(error.retry_after or 0))
    return sentences(said, _code(error), _request_id(error.request_id))


def _not_saved(error: NotSaved) -> str:
    lost = _(
        "{path} could not be written; what was there is unharmed. Make room, allow writing there, or choose"
        " another place."
    )
    return sentences(lost.format(path=quoted(error.path)), _detail(error))


def _changed_outside(error: ChangedOutside) -> str:
    return _("{path} was changed by another program meanwhile. Nothing was written; compare, then choose.").format(
        path=quoted(error.path)
    )


def _damaged(error: Damaged) -> str:
    damaged = _(
        "{path} exists but cannot be read; it was left as it is. Make it readable, or put a good copy in its place."
    )
    return sentences(damaged.format(path=quoted(error.path)), _detail(error))


def _missing(error: Missing) -> str:
    return _("There is no file {path}. Correct its name, or put it there.").format(path=quoted(error.path))


def _newer_version(error: NewerVersion) -> str:
    newer = _(
        "{path} was written by a newer version of CBR Desktop and was not touched. Start that version,"
        " or choose another data folder."
    )
    return sentences(newer.format(path=quoted(error.path)), _detail(error))


def _in_use(error: InUse) -> str:
    return _(
        "Another CBR Desktop, a window or a command, works with the data in {path}. Use that one, or wait for its end."
    ).format(path=shown(error.path))


def _storage(error: StorageError) -> str:
    unfit = _("The disk failed at {path}. Check the folder's permissions and free space.")
    return sentences(unfit.format(path=quoted(error.path)), _detail(error))


def _profile(error: ProfileError) -> str:
    return _("Profile {profile} cannot be used: {fault}. Correct it in the profile.").format(
        profile=quoted(error.profile), fault=fault_words(error.detail, quoted(error.field))
    )


def _no_profile(error: NoProfile) -> str:
    known = listed([quoted(name, 60) for name in error.known])
    if not error.profile and known:
        return _("There are several profiles: {known}. Say which one with --profile.").format(known=known)
    then = (
        _("There are: {known}.").format(known=known)
        if known
        else _("Add one in the window, or take the built-in cloud with --demo.")
    )
    return sentences(_no_profile_there(error), then)


def _no_profile_there(error: NoProfile) -> str:
    if error.profile and error.path:
        missing = _("There is no profile {profile} in {path}.")
    elif error.profile:
        missing = _("There is no profile {profile} in the demo cloud.")
    elif error.path:
        missing = _("There is no profile yet in {path}.")
    else:
        missing = _("There is no profile yet in the demo cloud.")
    return missing.format(profile=quoted(error.profile, 60), path=shown(error.path))


def secret_unset_sentence(error: SecretMissing, variable: str) -> str:
    """Return that a command was given no secret, and by which variable of the environment it can be."""
    unset = _(
        "No {secret} is known for profile {profile}. Set {variable} in the environment, or run the command in a"
        " terminal, where it is asked for. The window can keep it in the system's store."
    )
    return unset.format(secret=secret_words(error.kind), profile=quoted(error.profile), variable=variable)


def _secret_missing(error: SecretMissing) -> str:
    return _("No {secret} is known for profile {profile}. Enter it to go online; until then requests wait.").format(
        secret=secret_words(error.kind), profile=quoted(error.profile)
    )


def _secret_unfit(error: SecretUnfit) -> str:
    unfit = {
        "empty": _("What was given as {secret} of profile {profile} cannot be one: it is empty. Paste it again."),
        "too-long": _("What was given as {secret} of profile {profile} cannot be one: it is too long. Paste it again."),
        "characters": _(
            "What was given as {secret} of profile {profile} cannot be one: it holds spaces, line breaks or"
            " letters that none has. Paste it again."
        ),
    }.get(
        error.problem,
        _("What was given as {secret} of profile {profile} cannot be one: its form is wrong. Paste it again."),
    )
    return unfit.format(secret=secret_words(error.kind), profile=quoted(error.profile))


def _read_only(error: ReadOnly) -> str:
    return _("Profile {profile} is read-only; nothing was queued. Arm it (on the command line: --arm).").format(
        profile=quoted(error.profile)
    )


def _cloud(error: CloudError) -> str:
    bad = _("{host} gave no good answer. Try again; look into the log if it goes on.")
    return sentences(bad.format(host=shown(error.host)), _detail(error))


def _detail(error: CloudError | StorageError) -> str:
    detail = error.detail
    if detail in set(FieldFault):
        detail = fault_words(detail, _("the address"))
    words = _(_DETAILS[detail]) if detail in _DETAILS else shown(detail)
    return f"({words})" if detail else ""


_DETAILS: Mapping[str, str] = {
    ErrorDetail.CONNECTION_LOST: N_("the connection was lost"),
    ErrorDetail.NOT_IN_TIME: N_("no answer in time"),
    ErrorDetail.NOT_WRITTEN: N_("the request could not be written"),
    ErrorDetail.CUT_SHORT: N_("the answer was cut short"),
    ErrorDetail.BODY_DAMAGED: N_("the packed body is damaged"),
    ErrorDetail.BODY_FOLLOWED: N_("bytes after the packed body"),
    ErrorDetail.MANY_HEADERS: N_("too many headers"),
    ErrorDetail.WEB_PAGE: N_("a web page"),
    ErrorDetail.SIGNATURE: N_("the signature does not fit"),
    ErrorDetail.OF_ACCOUNT: N_("the token is for an account, not for a project"),
    ErrorDetail.PROXY_LOGIN: N_("the proxy wants a login"),
    ErrorDetail.NO_PROXY: N_("it does not answer as a proxy does"),
    ErrorDetail.MANY_LINES: N_("it has more lines or letters than can be edited here"),
    ErrorDetail.NOT_UTF_8: N_("it is not text in UTF-8"),
    ErrorDetail.NO_FILE_NAME: N_("not a name for a file"),
    ErrorDetail.FILE_NAME_TAKEN: N_("a file of this name is there already"),
    ErrorDetail.MANY_LINKS: N_("too many links"),
    ErrorDetail.NO_PLAIN_FILE: N_("it is no plain file"),
    ErrorDetail.NAMES_NO_TEXT: N_("names that are no text"),
    ErrorDetail.NO_DATABASE: N_("not a database"),
    ErrorDetail.PROFILE_TABLES: N_("profiles are written as [[profile]]"),
    ErrorDetail.AUTHORS_FORM: N_("written in a way that only its author can change"),
}


def _said(message: str) -> str:
    return _("It says: {message}.").format(message=quoted_sentence(message)) if message else ""


def _code(error: Refused) -> str:
    if not error.code:
        return _("HTTP {status}.").format(status=error.status)
    return _("Code {code} (HTTP {status}).").format(code=shown(error.code, 60), status=error.status)


def _request_id(request_id: str) -> str:
    return _("Request id {id}.").format(id=shown(request_id, 80)) if request_id else ""


_NOT_ASKED = {
    Hindrance.NO_ENDPOINT: N_(
        "Where the enterprise project service of this cloud answers is not known here, so that it is not asked."
    ),
    Hindrance.PASTED_TOKEN: N_(
        "The enterprise project service wants a login for the account, and a pasted token is one for the project: it"
        " is not asked."
    ),
    Hindrance.PASSCODE: N_(
        "The enterprise project service wants a login for the account, and that would take another passcode: it is"
        " not asked."
    ),
}


def hindrance_sentence(hindrance: Hindrance) -> str:
    """Return why the enterprise project service cannot be asked."""
    return _(_NOT_ASKED[hindrance])


def _not_asked(error: NotAsked) -> str:
    return hindrance_sentence(Hindrance(error.reason))


_ERRORS: dict[type, Callable[..., str]] = {
    Unreachable: _unreachable,
    NotAsked: _not_asked,
    NoAnswer: _no_answer,
    BadAnswer: _bad_answer,
    Redirected: _redirected,
    SignInPage: _sign_in_page,
    Unproved: _unproved,
    Refused: _refused,
    LoginRefused: _login_refused,
    AccountUntold: _account_untold,
    Forbidden: _forbidden,
    NotFound: _not_found,
    Throttled: _throttled,
    CloudError: _cloud,
    NotSaved: _not_saved,
    ChangedOutside: _changed_outside,
    Damaged: _damaged,
    Missing: _missing,
    NewerVersion: _newer_version,
    InUse: _in_use,
    StorageError: _storage,
    ProfileError: _profile,
    NoProfile: _no_profile,
    SecretMissing: _secret_missing,
    SecretUnfit: _secret_unfit,
    ReadOnly: _read_only,
}
