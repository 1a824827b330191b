"""The errors of this program and the codes of the service as sentences: what happened, to which thing, what to do."""

from collections.abc import Callable
from datetime import datetime

from cbr_desktop.domain.error import (
    BadAnswer,
    CbrError,
    ChangedOutside,
    CloudError,
    Damaged,
    Forbidden,
    InUse,
    LoginRefused,
    Missing,
    NewerVersion,
    NoAnswer,
    NoProfile,
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
)
from cbr_desktop.text.codes import explain
from cbr_desktop.text.states import quoted, shown

RAISED = "CBR Desktop is running already; its window was brought to the front."
"""What a second start says before it ends."""


def crash_sentence(report: str) -> str:
    """Return that the program died the last time, and where it is written how."""
    return (
        "CBR Desktop ended by a fault of its own the last time. Requests that were on their way are looked for now. "
        f"Where it happened, without any of your data, is in {report}."
    )


def sealed_sentence(error: StorageError) -> str:
    """Return that this start can only look, and why."""
    return (
        "Read-only mode: requests cannot be kept safe on this disk, so none is sent. You can look at everything, and"
        f" save requests to files. {error_sentence(error)}"
    )


def settings_sentence(error: Damaged) -> str:
    """Return that sizes, columns and theme are those of a first start, and where the file that was bad is."""
    return (
        "The file of what the screens remember could not be read, so sizes, columns and theme are as at a first start."
        f" What was there is kept in {quoted(error.path)}.{_detail(error)}"
    )


def rescued_sentence(error: Damaged) -> str:
    """Return that requests in the outbox were damaged, and where what is left of them is kept."""
    return (
        f"The outbox was damaged. What is certainly whole was taken over, the rest is kept in {quoted(error.path)}."
        f" Look at the tasks of your vaults before you send anything again.{_detail(error)}"
    )


def error_sentence(error: CbrError) -> str:
    """Return what happened, to which thing, and what to do."""
    for kind in type(error).__mro__:
        if kind in _ERRORS:
            return _ERRORS[kind](error)
    return "Something went wrong that has no words yet. Look into the log."


def refusal_sentence(code: str, message: str = "", request_id: str = "") -> str:
    """Return what an error code means and what to do, with the service's own words and the id to give to support."""
    explanation = explain(code)
    parts = []
    if explanation:
        parts += [f"{explanation.code}: {explanation.meaning}.", explanation.remedy]
    elif code:
        parts.append(f"The service gave the code {shown(code, 60)}, which this version does not know.")
    if message:
        parts.append(f"The service says: {quoted(message)}.")
    if request_id:
        parts.append(f"Request id {shown(request_id, 80)}.")
    return " ".join(parts)


def _unreachable(error: Unreachable) -> str:
    if error.reason == "offline":
        return "You work offline: nothing was sent, and nothing is read. End that in the status bar."
    why = _UNREACHABLE.get(error.reason, "no connection could be made. Check the network, the endpoint and the proxy.")
    return f"Cannot reach {shown(error.host)}: {why} Nothing was sent.{_detail(error)}"


_COMPANY = (
    "If your company has an authority of its own, add it to the trust store of this machine,"
    " or name its file as the company CA in the profile."
)
_UNREACHABLE = {
    "name": "its name could not be resolved. Check the network and the endpoint in the profile.",
    "timeout": "it did not take the connection in time. Check the network, a firewall or a proxy.",
    "proxy": "the proxy refused or did not answer. Check the proxy settings in the profile or of this machine.",
    "proxy-login": "the proxy wants a login, or did not accept the one it got. Put user and password of the proxy"
    " into the profile.",
    "ca-file": "the company CA file could not be read. Put the right file into the profile.",
    "self-signed": f"its certificate is signed by nobody but itself. {_COMPANY}",
    "expired": "its certificate has expired or is not valid yet. Check the clock of this machine;"
    f" if it is right, the certificate must be renewed there. {_COMPANY}",
    "wrong-name": "its certificate is made out to another name. Check the endpoint in the profile; something may stand"
    f" in between. {_COMPANY}",
    "unknown-authority": f"nobody whom this machine trusts vouches for its certificate. {_COMPANY}",
    "tls": "no secure connection could be made. Check the endpoint in the profile and the clock of this machine."
    f" {_COMPANY}",
}


def _no_answer(error: NoAnswer) -> str:
    host, detail = shown(error.host), _detail(error)
    return f"{host} did not answer, or its answer was cut short. It may have acted all the same.{detail}"


def _bad_answer(error: BadAnswer) -> str:
    status = f" (HTTP {error.status})" if error.status else ""
    return (
        f"The answer of {shown(error.host)}{status} is not one of this service. Check the endpoint in the profile."
        f"{_detail(error)}{_request_id(error.request_id)}"
    )


def _redirected(error: Redirected) -> str:
    place = f" {quoted(error.detail)}" if error.detail else " another address"
    return (
        f"{shown(error.host)} points to{place}, which was not followed; nothing was sent there. If that is where this"
        " network wants a sign-in, sign in with a browser; otherwise put the right endpoint into the profile."
    )


def _sign_in_page(error: SignInPage) -> str:
    return (
        f"A web page answered in place of {shown(error.host)}: most likely this network wants a sign-in."
        " Sign in with a browser, then try again."
    )


def _unproved(error: Unproved) -> str:
    return (
        f"What {shown(error.host)} says of a newer version is not proved by its signature and was not used."
        f" Ask whoever set up the update check.{_detail(error)}"
    )


def _refused(error: Refused) -> str:
    head = f"{shown(error.host)} refused the request (HTTP {error.status})."
    return f"{head} {refusal_sentence(error.code, error.message, error.request_id)}".rstrip()


def login_remedy(error: LoginRefused) -> str:
    """Return why a login was not accepted, as far as that is known, and what to do."""
    return _LOGIN_REASONS.get(
        error.reason,
        "Check user, domain, project and password of the profile; a locked user gets the same answer.",
    )


def _login_refused(error: LoginRefused) -> str:
    if error.refused_at is not None:
        return _not_tried_again(error, error.refused_at)
    code = _code(error) if error.status else " Nothing was sent."
    return (
        f"{shown(error.host)} did not accept the login. {login_remedy(error)}"
        f"{code}{_said(error.message)}{_request_id(error.request_id)}"
    )


def _not_tried_again(error: LoginRefused, at: datetime) -> str:
    return (
        f"{shown(error.host)} refused this password on {at.astimezone():%Y-%m-%d at %H:%M}, so it was not sent again:"
        f" each wrong try may lock the user. {login_remedy(error)} To try this one all the same, log in or test the"
        f" profile in the window, or start with --try-again.{_code(error)}"
    )


_LOGIN_REASONS = {
    "locked": "The user is locked after too many wrong tries. Wait 15 minutes before you give the password again.",
    "passcode": "A passcode is wanted, or it was wrong. Set passcode and user id in the profile, then give another.",
    "account-kind": "This account cannot log in by password. Use an IAM user with programmatic access, or keys.",
    "domain": "The domain (the account's name) is not known there. Correct it in the profile.",
    "project": "The profile's project is not one that this login is for. Choose another project or another login.",
    "token": "The token is not valid or has ended. Paste a new one.",
    "keys": "The access key or its secret is wrong or no longer valid. Give both anew.",
    "agency": "The agency cannot be taken on. Check its name, the account that lent it, and your right to act for it.",
    "clock": "The clock of this machine seems to be wrong: signed requests arrive too old or too early. Set the clock.",
    "user-id": "A login with a passcode takes the user's id. Put it into the profile.",
}


def _forbidden(error: Forbidden) -> str:
    return (
        f"The account may not do this at {shown(error.host)}. Ask its administrator for the permission."
        f"{_code(error)}{_said(error.message)}{_request_id(error.request_id)}"
    )


def _not_found(error: NotFound) -> str:
    return (
        f"{shown(error.host)} does not know the thing or the operation; it may be gone, or missing in this region."
        f" Refresh and look again.{_code(error)}{_said(error.message)}{_request_id(error.request_id)}"
    )


def _throttled(error: Throttled) -> str:
    wait = f"in {round(error.retry_after)} s" if error.retry_after else "shortly"
    return (
        f"{shown(error.host)} takes no more requests for now; it is tried again {wait}."
        f"{_code(error)}{_request_id(error.request_id)}"
    )


def _not_saved(error: NotSaved) -> str:
    path, detail = quoted(error.path), _detail(error)
    return f"{path} could not be written; what was there is unharmed. Make room or choose another place.{detail}"


def _changed_outside(error: ChangedOutside) -> str:
    return f"{quoted(error.path)} was changed by another program meanwhile. Nothing was written; compare, then choose."


def _damaged(error: Damaged) -> str:
    path, detail = quoted(error.path), _detail(error)
    return f"{path} exists but cannot be read; it was left as it is. Put a good copy in its place.{detail}"


def _missing(error: Missing) -> str:
    return f"There is no file {quoted(error.path)}. Correct its name, or put it there."


def _newer_version(error: NewerVersion) -> str:
    return (
        f"{quoted(error.path)} was written by a newer version of CBR Desktop and was not touched. Start that version,"
        f" or choose another data folder.{_detail(error)}"
    )


def _in_use(error: InUse) -> str:
    return f"CBR Desktop is running already with the data in {shown(error.path)}. Use that window, or close it first."


def _storage(error: StorageError) -> str:
    return f"The disk would not at {quoted(error.path)}. Check the folder's permissions and free space.{_detail(error)}"


def _profile(error: ProfileError) -> str:
    profile, field = quoted(error.profile), quoted(error.field)
    return f"Profile {profile} cannot be used: {field} {shown(error.detail)}. Correct it in the profile."


def _no_profile(error: NoProfile) -> str:
    known = ", ".join(quoted(name, 60) for name in error.known)
    if not error.profile and known:
        return f"There are several profiles: {known}. Say which one with --profile."
    which = f"no profile {quoted(error.profile, 60)}" if error.profile else "no profile yet"
    where = f"in {shown(error.path)}" if error.path else "in the demo cloud"
    then = f"Those there are: {known}" if known else "Add one in the window, or take the built-in cloud with --demo"
    return f"There is {which} {where}. {then}."


def _secret_missing(error: SecretMissing) -> str:
    word = {"password": "password", "passcode": "passcode"}.get(error.kind, error.kind.replace("-", " "))
    return f"No {word} is known for profile {quoted(error.profile)}. Enter it to go online; until then requests wait."


def _secret_unfit(error: SecretUnfit) -> str:
    word = error.kind.replace("-", " ")
    why = {
        "empty": "it is empty",
        "too-long": "it is too long",
        "characters": "it holds blanks, line breaks or letters that none has",
    }.get(error.problem, "its form is wrong")
    return f"What was given as {word} of profile {quoted(error.profile)} cannot be one: {why}. Paste it again."


def _read_only(error: ReadOnly) -> str:
    return f"Profile {quoted(error.profile)} is read-only; nothing was queued. Arm it (on the command line: --arm)."


def _cloud(error: CloudError) -> str:
    return f"{shown(error.host)} gave no good answer. Try again; look into the log if it goes on.{_detail(error)}"


def _detail(error: CloudError | StorageError) -> str:
    return f" ({shown(error.detail)})" if error.detail else ""


def _said(message: str) -> str:
    return f" It says: {quoted(message)}." if message else ""


def _code(error: Refused) -> str:
    return f" Code {shown(error.code, 60)} (HTTP {error.status})." if error.code else f" HTTP {error.status}."


def _request_id(request_id: str) -> str:
    return f" Request id {shown(request_id, 80)}." if request_id else ""


_ERRORS: dict[type, Callable[..., str]] = {
    Unreachable: _unreachable,
    NoAnswer: _no_answer,
    BadAnswer: _bad_answer,
    Redirected: _redirected,
    SignInPage: _sign_in_page,
    Unproved: _unproved,
    Refused: _refused,
    LoginRefused: _login_refused,
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
