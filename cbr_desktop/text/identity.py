"""Words for who asks and by which way: ways in, secrets, proxies, address families, and the store of the system."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cbr_desktop.domain.error import FieldFault
from cbr_desktop.domain.profile import AddressFamily, NameRules, Profile, ProxyMode, Way
from cbr_desktop.domain.secret import SecretKind, StoreProblem
from cbr_desktop.text.catalogue import N_, _, sentences
from cbr_desktop.text.states import shown

if TYPE_CHECKING:  # the first paint comes before this is imported
    from cbr_desktop.domain.region import Endpoints

_WAYS = {
    Way.PASSWORD: N_("User and password"),
    Way.TOKEN: N_("Pasted token"),
    Way.KEYS: N_("Access key (AK/SK)"),
    Way.TEMPORARY_KEYS: N_("Temporary keys"),
    Way.AGENCY: N_("Agency"),
}
_WAY_REMARKS = {
    Way.PASSWORD: N_("Logs in as an IAM user. The token that it gets is renewed by itself."),
    Way.TOKEN: N_(
        "A token that was made elsewhere. It ends within a day and cannot be renewed: you paste the next one."
    ),
    Way.KEYS: N_("Signs each request with a permanent access key. Nobody logs in, and nothing expires."),
    Way.TEMPORARY_KEYS: N_("Signs each request with a key that lasts for hours. You paste all three parts when asked."),
    Way.AGENCY: N_("Logs in first, then takes on a role that another account has lent."),
}
_SECRET_TITLES = {
    SecretKind.PASSWORD: N_("Password"),
    SecretKind.PASSCODE: N_("Passcode"),
    SecretKind.TOKEN: N_("Token"),
    SecretKind.ACCESS_KEY: N_("Access key id (AK)"),
    SecretKind.SECRET_KEY: N_("Secret access key (SK)"),
    SecretKind.SECURITY_TOKEN: N_("Security token"),
    SecretKind.PROXY_PASSWORD: N_("Proxy password"),
}
_PROXIES = {
    ProxyMode.SYSTEM: N_("As the system says"),
    ProxyMode.NONE: N_("No proxy"),
    ProxyMode.MANUAL: N_("This proxy"),
}
_FAMILIES = {
    AddressFamily.ANY: N_("IPv4 and IPv6"),
    AddressFamily.IPV4: N_("IPv4 only"),
    AddressFamily.IPV6: N_("IPv6 only"),
}
_NAME_RULES = {
    NameRules.ASCII: N_("Letters, digits, _ and - (accepted everywhere)"),
    NameRules.CJK: N_("The same and Chinese ideographs"),
}
_SECRETS = {
    SecretKind.PASSWORD: N_("password"),
    SecretKind.PASSCODE: N_("passcode"),
    SecretKind.TOKEN: N_("token"),
    SecretKind.ACCESS_KEY: N_("access key id (AK)"),
    SecretKind.SECRET_KEY: N_("secret access key (SK)"),
    SecretKind.SECURITY_TOKEN: N_("security token"),
    SecretKind.PROXY_PASSWORD: N_("proxy password"),
}
_CLOUDS = {
    "otc.t-systems.com": "Open Telekom Cloud",
    "orange-business.com": "Flexible Engine",
    "myhuaweicloud.eu": "Huawei Cloud Europe",
    "myhuaweicloud.com": "Huawei Cloud",
}
"""Names of clouds, which are the same in every language."""
_STORE_PROBLEMS: dict[str, str] = {
    StoreProblem.NO_STORE: N_("The system's password store was not found: this system has none that encrypts."),
    StoreProblem.LOCKED: N_("The system's password store is locked."),
    StoreProblem.DENIED: N_("The system's password store was not opened."),
    StoreProblem.NO_ANSWER: N_("The system's password store did not answer in time."),
    StoreProblem.TOO_LONG: N_("The system's password store has no room for a secret of this length."),
    StoreProblem.NOT_GIVEN_BACK: N_("The system's password store does not give back what it takes."),
    StoreProblem.FAILED: N_("The system's password store failed."),
}


def cloud_words(endpoints: "Endpoints") -> str:
    """Return whose cloud a region is of: ``Open Telekom Cloud``; the host's name when it is of no known cloud."""
    host = host_of(endpoints.cbr)
    return next((words for domain, words in _CLOUDS.items() if host.endswith(f".{domain}")), host)


def host_of(endpoint: str) -> str:
    """Return the host's name in an endpoint, empty when there is none."""
    try:
        return urlsplit(endpoint.strip()).hostname or ""
    except ValueError:
        return ""


def secret_words(kind: SecretKind | str) -> str:
    """Return a secret's name within a sentence: ``password``, ``secret access key (SK)``."""
    return _(_SECRETS[SecretKind(kind)])


def secret_title(kind: SecretKind | str) -> str:
    """Return a secret's name at the head of a line: ``Password``, ``Secret access key (SK)``."""
    return _(_SECRET_TITLES[SecretKind(kind)])


def way_words(way: Way) -> str:
    """Return the name of a way in: ``User and password``."""
    return _(_WAYS[way])


def way_remark(way: Way) -> str:
    """Return what a way in means for the one who uses it."""
    return _(_WAY_REMARKS[way])


def proxy_words(mode: ProxyMode) -> str:
    """Return which proxy is used: ``As the system says``."""
    return _(_PROXIES[mode])


def family_words(family: AddressFamily) -> str:
    """Return which addresses are used: ``IPv4 only``."""
    return _(_FAMILIES[family])


def name_rules_words(rules: NameRules) -> str:
    """Return what names may have, for the one who chooses that."""
    return _(_NAME_RULES[rules])


def identity_words(profile: Profile) -> str:
    """Return as whom a profile asks."""
    user = f"{shown(profile.user, 60)} ({shown(profile.domain, 60)})" if profile.user else ""
    key = _("access key {id}").format(id=shown(profile.access_key, 60)) if profile.access_key else ""
    match profile.way:
        case Way.PASSWORD:
            return user or "–"
        case Way.KEYS:
            return key or "–"
        case Way.TOKEN:
            return _("whoever the token was made for")
        case Way.TEMPORARY_KEYS:
            return _("whoever the keys were made for")
        case Way.AGENCY:
            by = _("agency {agency} of {account}, by {identity}") if key or user else _("agency {agency} of {account}")
            agency, account = shown(profile.agency, 60), shown(profile.agency_domain, 60)
            return by.format(agency=agency, account=account, identity=key or user)


def store_sentence(problem: str) -> str:
    """Return that the system's store cannot be used and what follows; empty when ``problem`` is."""
    if not problem:
        return ""
    unusable = _STORE_PROBLEMS.get(problem, N_("The system's password store cannot be used ({problem})."))
    return sentences(
        _(unusable).format(problem=shown(problem, 60)),
        _("What you enter is kept until you leave, only in memory."),
    )


def unfit_proxy_sentence(fault: str) -> str:
    """Return that the address of a proxy is none, and why."""
    return _("The proxy cannot be used: {fault}.").format(fault=fault_words(fault, _("its address")))


def fault_sentence(fault: str, field: str) -> str:
    """Return what is wrong with a field, which is named as a sentence begins."""
    return _("{fault}.").format(fault=fault_words(fault, field))


def fault_words(fault: str, field: str) -> str:
    """Return what is wrong with a field; what this version has no words for is told as it is."""
    return _(_FAULTS.get(fault, N_("{field} {fault}"))).format(field=field, fault=shown(fault))


_FAULTS: dict[str, str] = {
    FieldFault.MISSING: N_("{field} is missing"),
    FieldFault.IS_MISSING: N_("{field} is missing"),
    FieldFault.EMPTY: N_("{field} is empty"),
    FieldFault.USED_TWICE: N_("{field} is used twice"),
    FieldFault.NOT_BOOLEAN: N_("{field} must be true or false"),
    FieldFault.NOT_TEXT: N_("{field} must be text"),
    FieldFault.CONTROLS: N_("{field} must be one line without control characters"),
    FieldFault.NAME_TAKEN: N_("{field} is that of another profile"),
    FieldFault.NAME_UNKNOWN: N_("{field} is that of no profile"),
    FieldFault.COLON: N_("{field} must not have a colon: a password is asked for and is not part of a file"),
    FieldFault.NO_ADDRESS: N_("{field} must be an address like https://host, without spaces, user name or query"),
    FieldFault.NO_HOST: N_("{field} must name a host, like https://host"),
    FieldFault.NOT_HTTPS: N_("{field} must begin with https://"),
    FieldFault.PATH: N_("{field} must not have a path"),
    FieldFault.PORT: N_("{field} must have a port from 1 to 65535"),
    FieldFault.PROXY_LOGIN: N_(
        "{field} must not hold a login: its name belongs into proxy_user, its password is asked for"
    ),
    FieldFault.NO_PROXY: N_("{field} must be an address like http://host:3128"),
    FieldFault.PROXY_SCHEME: N_("{field} must begin with http://, https:// or socks5://"),
    FieldFault.NO_PROXY_HOST: N_("{field} must name a host, like http://host:3128"),
    FieldFault.PROXY_FORM: N_("{field} is not http://host:port"),
    FieldFault.PROXY_SOCKS: N_("{field} is a SOCKS proxy; only http and https proxies can be used"),
    FieldFault.PROXY_HOLDS_LOGIN: N_("{field} holds a login; its user has a field of its own"),
    FieldFault.ENDPOINT_FORM: N_("{field} is not https://host[:port]"),
    FieldFault.ENDPOINT_NOT_HTTPS: N_("{field} is not https"),
    FieldFault.NO_COLOUR: N_("{field} must be a colour like #d32f2f"),
}
