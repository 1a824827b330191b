"""The words of a diagnosis: what was found on each line and what to do next, for a window, a terminal and a report."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from cbr_desktop.domain.diagnosis import Check, CheckKind, Diagnosis, Verdict, Why
from cbr_desktop.domain.error import (
    CbrError,
    Forbidden,
    LoginRefused,
    ProfileError,
    Redirected,
    Refused,
    SecretMissing,
    SignInPage,
    Unreachable,
    UnreachableReason,
)
from cbr_desktop.domain.profile import Way
from cbr_desktop.text.catalogue import N_, NP_, _, listed, ngettext, pgettext, sentences
from cbr_desktop.text.errors import error_sentence, login_remedy, refusal_sentence
from cbr_desktop.text.identity import unfit_proxy_sentence
from cbr_desktop.text.states import counted, duration_words, grouped, quoted, shown

_KINDS = {
    CheckKind.SETTINGS: N_("Settings"),
    CheckKind.ENVIRONMENT: N_("Environment"),
    CheckKind.NAME: N_("Name"),
    CheckKind.PROXY: N_("Proxy"),
    CheckKind.CONNECTION: N_("Connection"),
    CheckKind.CERTIFICATE: N_("Certificate"),
    CheckKind.CLOCK: N_("Clock"),
    CheckKind.SERVICE: N_("Service"),
    CheckKind.LOGIN: N_("Login"),
    CheckKind.SCOPE: N_("Project"),
    CheckKind.PERMISSION: N_("Permission"),
    CheckKind.FEATURE: N_("Feature"),
}
SIGNS = {Verdict.PASS: "●", Verdict.WARN: "▲", Verdict.FAIL: "✕", Verdict.SKIPPED: "○"}
"""What stands for a verdict where only text can be shown."""

_VERDICTS = {
    Verdict.PASS: NP_("how a check ended", "Passed"),
    Verdict.WARN: NP_("how a check ended", "Warning"),
    Verdict.FAIL: NP_("how a check ended", "Failed"),
    Verdict.SKIPPED: NP_("how a check ended", "Skipped"),
}
_BUSY = {
    CheckKind.SETTINGS: N_("Looking at the settings…"),
    CheckKind.ENVIRONMENT: N_("Looking at the environment…"),
    CheckKind.NAME: N_("Looking at the names of the hosts…"),
    CheckKind.PROXY: N_("Looking at the proxy…"),
    CheckKind.CONNECTION: N_("Looking at the connections…"),
    CheckKind.CERTIFICATE: N_("Looking at the certificates…"),
    CheckKind.CLOCK: N_("Looking at the clocks…"),
    CheckKind.SERVICE: N_("Looking at the services…"),
    CheckKind.LOGIN: N_("Looking at the login…"),
    CheckKind.SCOPE: N_("Looking at the project…"),
    CheckKind.PERMISSION: N_("Looking at the permissions…"),
    CheckKind.FEATURE: N_("Looking at what this region has…"),
}
_ABOVE = {
    CheckKind.SETTINGS: N_("the settings"),
    CheckKind.ENVIRONMENT: N_("the environment"),
    CheckKind.NAME: N_("the name"),
    CheckKind.PROXY: N_("the proxy"),
    CheckKind.CONNECTION: N_("the connection"),
    CheckKind.CERTIFICATE: N_("the certificate"),
    CheckKind.CLOCK: N_("the clock"),
    CheckKind.SERVICE: N_("the service"),
    CheckKind.LOGIN: N_("the login"),
    CheckKind.SCOPE: N_("the project"),
    CheckKind.PERMISSION: N_("the permission"),
    CheckKind.FEATURE: N_("the feature"),
}
_FIELDS = {
    "name": N_("name"),
    "iam_endpoint": N_("identity endpoint"),
    "cbr_endpoint": N_("backup endpoint"),
    "project": N_("project"),
    "user": N_("user"),
    "domain": N_("account"),
    "access_key": N_("access key"),
    "agency": N_("agency"),
    "agency_domain": N_("account of the agency"),
}
WAYS = {
    Way.PASSWORD: N_("password"),
    Way.TOKEN: N_("a pasted token"),
    Way.KEYS: N_("an access key"),
    Way.TEMPORARY_KEYS: N_("a temporary access key"),
    Way.AGENCY: N_("an agency"),
}
_ACTIONS = {
    "cbr:vaults:list": N_("Without it this program can show nothing."),
    "cbr:vaults:get": N_("Without it a vault cannot be looked at closely."),
    "cbr:backups:list": N_("Without it backups are not shown, and a lost answer is harder to settle."),
    "cbr:tasks:list": N_("Without it progress is not shown, and a lost answer is settled by backups alone."),
    "cbr:policies:list": N_("Without it the policies of vaults are not shown."),
    "cbr:vaults:listProtectables": N_("Without it resources outside vaults are not shown."),
}
_FEATURES = {
    "protectables/server": N_("Servers outside vaults cannot be listed here. All else works."),
    "protectables/disk": N_("Disks outside vaults cannot be listed here. All else works."),
    "protectables/turbo": N_("File systems outside vaults cannot be listed here. All else works."),
    "vaults/summary": N_("Sums are added up from the vaults instead. All else works."),
    "policies": N_("Policies are not shown here. All else works."),
}
_ADMINISTRATORS = ("te_admin", "cbr_adm", "secu_admin")
"""Beginnings of roles that usually include making backups."""


# one line


def check_verdict_words(check: Check) -> str:
    """Return how a line ended, in a word or two."""
    if check.why is Why.NOT_HERE:
        return _("Not here")
    if check.why is Why.ONLY_SENDING_SHOWS:
        return _("Not tried")
    return pgettext(*_VERDICTS[check.verdict])


def check_kind_words(kind: CheckKind) -> str:
    """Return the title of a kind of check."""
    return _(_KINDS[kind])


def check_subject_words(check: Check) -> str:
    """Return the thing that a line is about."""
    return shown(check.subject)


def busy_sentence(kind: CheckKind) -> str:
    """Return what is being looked at."""
    return _(_BUSY[kind])


def found_sentence(check: Check) -> str:
    """Return what was found."""
    return _words(check)[0]


def next_sentence(check: Check) -> str:
    """Return what to do next; empty where there is nothing to do."""
    return _words(check)[1]


def time_words(check: Check) -> str:
    """Return how long a line took."""
    return "" if check.millis is None else _("{millis} ms").format(millis=max(1, round(check.millis)))


def diagnosis_sentence(diagnosis: Diagnosis) -> str:
    """Return how it all ended."""
    failed, warned = diagnosis.count(Verdict.FAIL), diagnosis.count(Verdict.WARN)
    if failed:
        first = next(check for check in diagnosis.checks if check.verdict is Verdict.FAIL)
        head = ngettext(
            "{count} check failed: {kind}, {subject}.",
            "{count} checks failed. Begin with the first: {kind}, {subject}.",
            failed,
        ).format(count=grouped(failed), kind=check_kind_words(first.kind), subject=check_subject_words(first))
        return sentences(head, counted("{count} warning.", "{count} warnings.", warned) if warned else "")
    if warned:
        return counted("It works, with {count} warning.", "It works, with {count} warnings.", warned)
    return _("All is well.") if diagnosis.count(Verdict.PASS) else _("Nothing could be looked at.")


def _words(check: Check) -> tuple[str, str]:
    why = check.why
    if why is Why.EARLIER:
        after = check.fact("after")
        name = _(_ABOVE[after]) if isinstance(after, CheckKind) else _("the check")
        return _("Not looked at, since {name} above did not pass.").format(name=name), ""
    if why is not None and why in _WHYS:
        return _WHYS[why](check)
    if check.error is not None:
        return _error_words(check, check.error)
    return _KIND_WORDS[check.kind](check), ""


# lines that are good


def _settings(_check: Check) -> str:
    return _("Endpoints and way in are complete.")


def _environment(check: Check) -> str:
    return sentences(_way_words(check), _ignored_words(check))


def _way_words(check: Check) -> str:
    proxies = _list(check, "proxies")
    return _("Requests go through {proxies}.").format(proxies=proxies) if proxies else _("Requests go directly.")


def _ignored_words(check: Check) -> str:
    ignored = _list(check, "ignored")
    return _("Set, but not used: {ignored}.").format(ignored=ignored) if ignored else ""


def _name(check: Check) -> str:
    return _("{families}: {addresses}.").format(families=_pair(check, "families"), addresses=_list(check, "addresses"))


def _proxy(check: Check) -> str:
    return _("It makes connections, and it took the login.") if check.fact("login") else _("It makes connections.")


def _connection(check: Check) -> str:
    proxy = check.fact("proxy")
    if proxy:
        return _("Through the proxy {proxy}.").format(proxy=shown(proxy))
    return _("{family}, {address}.").format(family=check.fact("family"), address=shown(check.fact("address")))


def _certificate(check: Check) -> str:
    parts = [
        _("For {subject}, issued by {issuer}").format(
            subject=shown(check.fact("subject") or check.subject), issuer=shown(check.fact("issuer") or _("nobody"))
        )
    ]
    parts += _validity(check)
    if check.fact("protocol"):
        parts.append(shown(check.fact("protocol")))
    names = _list(check, "names")
    return sentences(
        _("{facts}.").format(facts=listed(parts)), _("Names: {names}.").format(names=names) if names else ""
    )


def _validity(check: Check) -> list[str]:
    ends_at, left = check.fact("ends_at"), check.fact("days_left")
    if not isinstance(ends_at, datetime) or not isinstance(left, int):
        return []
    day = f"{ends_at.astimezone(UTC):%Y-%m-%d}"
    if left < 0:
        return [_("ended on {day}").format(day=day)]
    valid = ngettext("valid until {day}, {count} day left", "valid until {day}, {count} days left", left)
    return [valid.format(day=day, count=grouped(left))]


def _clock(check: Check) -> str:
    offset = check.fact("offset_seconds")
    return _("This machine's clock differs by {seconds} s from the service's.").format(
        seconds=abs(offset) if isinstance(offset, int) else 0
    )


def _service(check: Check) -> str:
    turned_away = check.fact("status") in (401, 403)
    return (
        _("The service answers; it turns strangers away, as it should.") if turned_away else _("The service answers.")
    )


def _login(check: Check) -> str:
    left = check.fact("minutes_left")
    way = _(WAYS[Way(str(check.fact("way")))])
    if isinstance(left, int):
        lasts = duration_words(timedelta(minutes=left))
        return _("Accepted by {way}; it lasts {time} more.").format(way=way, time=lasts)
    return _("Accepted by {way}.").format(way=way)


def _scope(check: Check) -> str:
    name, id, region = check.fact("project"), check.fact("project_id"), check.fact("region")
    if name:
        scope = _("{name}, id {id}, region {region}.") if region else _("{name}, id {id}.")
    else:
        scope = _("Id {id}, region {region}.") if region else _("Id {id}.")
    return scope.format(name=quoted(name), id=shown(id), region=shown(region))


def _permission(_check: Check) -> str:
    return _("Allowed.")


def _feature(check: Check) -> str:
    if check.fact("forbidden"):
        return _("This region has it, but this account may not use it.")
    return _("This region has it.")


_KIND_WORDS: Mapping[CheckKind, Callable[[Check], str]] = {
    CheckKind.SETTINGS: _settings,
    CheckKind.ENVIRONMENT: _environment,
    CheckKind.NAME: _name,
    CheckKind.PROXY: _proxy,
    CheckKind.CONNECTION: _connection,
    CheckKind.CERTIFICATE: _certificate,
    CheckKind.CLOCK: _clock,
    CheckKind.SERVICE: _service,
    CheckKind.LOGIN: _login,
    CheckKind.SCOPE: _scope,
    CheckKind.PERMISSION: _permission,
    CheckKind.FEATURE: _feature,
}


# lines that are not simply good, and say why


def _proxy_resolves(_check: Check) -> tuple[str, str]:
    return _("The proxy looks the name up."), ""


def _built_in(_check: Check) -> tuple[str, str]:
    return _("Built-in cloud: there is no network between."), ""


def _not_secured(_check: Check) -> tuple[str, str]:
    return _("Plain HTTP on this machine: there is no certificate."), ""


def _no_secret(check: Check) -> tuple[str, str]:
    return _("Not tried: what the login needs is not known."), _sentence(check.error)


def _no_date(_check: Check) -> tuple[str, str]:
    return _("No answer told a time that can be trusted."), _(
        "Compare this machine's date and time with another clock."
    )


def _no_vault(_check: Check) -> tuple[str, str]:
    return _("There is no vault that could be read."), ""


def _not_here(check: Check) -> tuple[str, str]:
    feature = check.subject if check.kind is CheckKind.FEATURE else "protectables/server"
    return _("This region does not have it."), _(_FEATURES.get(feature, ""))


def _only_sending(check: Check) -> tuple[str, str]:
    found = _("Only sending a checkpoint shows it, and nothing that changes something was sent.")
    held = check.fact("roles")
    roles = [role for role in held if role.startswith(_ADMINISTRATORS)] if isinstance(held, tuple) else []
    if roles:
        includes = _("The role {role} usually includes it.").format(role=quoted(roles[0], 60))
        return sentences(found, includes), ""
    return found, _("Ask the account's administrator whether this action is granted.")


def _variables_used(check: Check) -> tuple[str, str]:
    used = _("Set and used: {variables}.").format(variables=_list(check, "used"))
    step = _("If that is not wanted, choose no proxy or a fixed one in the profile.")
    return sentences(_way_words(check), used, _ignored_words(check)), step


def _proxy_unfit(check: Check) -> tuple[str, str]:
    return unfit_proxy_sentence(str(check.fact("problem"))), _("Correct the proxy in the profile.")


def _family_dead(check: Check) -> tuple[str, str]:
    dead, family = _pair(check, "dead"), check.fact("family")
    found = _("{dead} did not answer; {family} did, {address}.").format(
        dead=dead, family=family, address=shown(check.fact("address"))
    )
    return found, _("Every new connection loses time that way. Choose {family} in the profile.").format(family=family)


def _ends_soon(check: Check) -> tuple[str, str]:
    return _certificate(check), _("Tell whoever runs the service, or the proxy that shows it, to renew it.")


def _region_differs(check: Check) -> tuple[str, str]:
    region = shown(check.fact("region"))
    others = {"backup": check.fact("endpoint_region"), "identity": check.fact("iam_region")}
    odd = {what: shown(other) for what, other in others.items() if other and other != check.fact("region")}
    if not odd:
        where = ""
    elif len(odd) == 1:
        where = (
            _("But the backup endpoint is in {backup}.")
            if "backup" in odd
            else _("But the identity endpoint is in {identity}.")
        )
    elif odd["backup"] == odd["identity"]:
        where = _("But both endpoints are in {backup}.")
    else:
        where = _("But the backup endpoint is in {backup} and the identity endpoint is in {identity}.")
    step = _("Choose the endpoints of {region}, or a project of {other}.")
    return (
        sentences(_scope(check), where.format_map(odd)),
        step.format(region=region, other=next(iter(odd.values()), region)),
    )


def _clock_off(check: Check) -> tuple[str, str]:
    offset = check.fact("offset_seconds")
    seconds = offset if isinstance(offset, int) else 0
    span = duration_words(timedelta(seconds=abs(seconds)))
    off = (
        _("The clock of this machine is {span} behind the service's.")
        if seconds > 0
        else _("The clock of this machine is {span} ahead of the service's.")
    )
    step = _("Set this machine's clock, best by a time server, and check its time zone.")
    risk = _("From 15 min on, signed requests are refused.") if check.verdict is Verdict.FAIL else ""
    return off.format(span=span), sentences(step, risk)


def _fields_empty(check: Check) -> tuple[str, str]:
    return _("Empty: {fields}.").format(fields=_fields(check)), _("Fill that in: edit the profile.")


def _not_https(check: Check) -> tuple[str, str]:
    return _("No https:// address: {fields}.").format(fields=_fields(check)), _(
        "Edit the profile: an endpoint is https://host, without a path."
    )


def _no_service(check: Check) -> tuple[str, str]:
    found = (
        _("Something answers, but not this service (HTTP {status}, code {code}).")
        if check.fact("code")
        else _("Something answers, but not this service (HTTP {status}).")
    ).format(status=check.fact("status"), code=shown(check.fact("code"), 60))
    return found, _("Check the endpoint in the profile: host and region. A proxy or a portal may answer in its place.")


def _refused_before(check: Check) -> tuple[str, str]:
    found = _("Not tried again: these credentials were refused before, and each try may lock the account.")
    remedy = login_remedy(check.error) if isinstance(check.error, LoginRefused) else ""
    return found, sentences(_("Enter them again by logging in, then run again."), remedy)


_WHYS: Mapping[Why, Callable[[Check], tuple[str, str]]] = {
    Why.PROXY_RESOLVES: _proxy_resolves,
    Why.BUILT_IN: _built_in,
    Why.NOT_SECURED: _not_secured,
    Why.NO_SECRET: _no_secret,
    Why.NO_DATE: _no_date,
    Why.NO_VAULT: _no_vault,
    Why.NOT_HERE: _not_here,
    Why.ONLY_SENDING_SHOWS: _only_sending,
    Why.VARIABLES_USED: _variables_used,
    Why.PROXY_UNFIT: _proxy_unfit,
    Why.FAMILY_DEAD: _family_dead,
    Why.ENDS_SOON: _ends_soon,
    Why.REGION_DIFFERS: _region_differs,
    Why.CLOCK_OFF: _clock_off,
    Why.FIELDS_EMPTY: _fields_empty,
    Why.NOT_HTTPS: _not_https,
    Why.NO_SERVICE: _no_service,
    Why.REFUSED_BEFORE: _refused_before,
}


# lines with an error


def _error_words(check: Check, error: CbrError) -> tuple[str, str]:
    if isinstance(error, Unreachable) and error.reason in _REASONS:
        found, step = _REASONS[error.reason]
        shown_there = _certificate(check) if check.fact("ends_at") else ""
        detailed = _("{found} ({detail}).") if error.detail and not shown_there else _("{found}.")
        return sentences(detailed.format(found=_(found), detail=shown(error.detail)), shown_there), _(step)
    if isinstance(error, SignInPage):
        return (
            _("A web page answered in place of the service: most likely this network wants a sign-in."),
            _("Sign in with a browser, then run again."),
        )
    if isinstance(error, Redirected):
        elsewhere = (
            _("It points elsewhere to {place}; that was not followed.")
            if error.detail
            else _("It points elsewhere; that was not followed.")
        )
        step = _(
            "If that is this network's sign-in page, sign in with a browser. Else correct the endpoint in the profile."
        )
        return elsewhere.format(place=quoted(error.detail)), step
    if isinstance(error, Forbidden) and check.kind is CheckKind.PERMISSION:
        step = _("Ask the account's administrator for {action}.").format(action=check.subject)
        return (
            sentences(_("Not allowed."), _refusal(error)),
            sentences(step, _(_ACTIONS.get(check.subject, ""))),
        )
    if isinstance(error, LoginRefused) and check.kind is CheckKind.LOGIN:
        if error.refused_at is not None:
            return _sentence(error), ""
        once = _("It was tried once: wrong tries lock the account.") if error.reason in _TYPED else ""
        return (
            sentences(_("The login was not accepted."), _refusal(error)),
            sentences(login_remedy(error), once),
        )
    if isinstance(error, SecretMissing | ProfileError | Unreachable):
        return _sentence(error), ""
    return _sentence(error), _("Run again. If it stays so, hand the report to whoever runs the service.")


_TYPED = ("", "locked", "passcode", "domain", "project")
"""Reasons of a refusal after which a user may be tempted to try passwords."""
_REASONS = {
    UnreachableReason.NAME: (
        N_("The name could not be resolved"),
        N_("Check the host in the profile for typing errors, then the network or the VPN of this machine."),
    ),
    UnreachableReason.CONNECTION: (
        N_("No connection could be made"),
        N_("Check VPN, firewall and port. If this network needs a proxy, set it in the profile."),
    ),
    UnreachableReason.TIMEOUT: (
        N_("It did not answer in time"),
        N_("Most likely a firewall drops it, or a VPN is missing. Ask whoever runs the network to let it pass."),
    ),
    UnreachableReason.PROXY: (
        N_("The proxy did not make the connection"),
        N_("Check the address of the proxy in the profile, and whether it lets this host pass."),
    ),
    UnreachableReason.PROXY_LOGIN: (
        N_("The proxy wants a login, or another one"),
        N_("Put the user into the profile, and give the password of the proxy when you log in."),
    ),
    UnreachableReason.CA_FILE: (
        N_("The file with the company's authorities cannot be read"),
        N_("Choose a PEM file with certificates in the profile."),
    ),
    UnreachableReason.SELF_SIGNED: (
        N_("The certificate is signed only by itself"),
        N_(
            "If this is a private cloud, get its certificate from whoever runs it and choose it as CA file in the"
            " profile. Else somebody stands in between: do not log in here."
        ),
    ),
    UnreachableReason.EXPIRED: (
        N_("The certificate is not valid at this time"),
        N_("Check this machine's date first. If that is right, whoever runs the service has to renew it."),
    ),
    UnreachableReason.WRONG_NAME: (
        N_("The certificate is for other names"),
        N_("Check the host in the profile. A proxy or a sign-in page may answer in its place."),
    ),
    UnreachableReason.UNKNOWN_AUTHORITY: (
        N_("Nobody that this machine trusts vouches for the certificate"),
        N_(
            "If the company inspects connections, choose its CA certificate as CA file in the profile, or have it"
            " installed on this machine."
        ),
    ),
    UnreachableReason.TLS: (
        N_("No secure connection could be made"),
        N_("Something in between may cut it off. Ask whoever runs the network or the proxy to let it pass untouched."),
    ),
}


def _refusal(error: Refused) -> str:
    code = _("Code {code}.").format(code=shown(error.code, 60)) if error.code else ""
    return sentences(code, refusal_sentence("", error.message, error.request_id))


def _sentence(error: CbrError | None) -> str:
    return "" if error is None else error_sentence(error)


def _list(check: Check, name: str) -> str:
    """Return a fact that is a row of texts, cut after a few."""
    found = check.fact(name)
    if not isinstance(found, tuple):
        return ""
    texts, more = listed([shown(text, 80) for text in found[:4]]), len(found) - 4
    if more <= 0:
        return texts
    return ngettext("{texts} and {count} more", "{texts} and {count} more", more).format(texts=texts, count=more)


def _pair(check: Check, name: str) -> str:
    """Return a fact that is one text or two."""
    found = check.fact(name)
    texts = [shown(text, 80) for text in found] if isinstance(found, tuple) else []
    return pgettext("between the two things of a pair", " and ").join(texts)


def _fields(check: Check) -> str:
    found = check.fact("fields")
    names = found if isinstance(found, tuple) else ()
    return listed([_(_FIELDS[name]) if name in _FIELDS else name for name in names])
