"""Words for who asks and by which way: ways in, secrets, proxies, address families, and the store of the system."""

from urllib.parse import urlsplit

from cbr_desktop.domain.network import EffectiveNetwork, Route, RouteReason, Variable
from cbr_desktop.domain.profile import AddressFamily, NameRules, Profile, ProxyMode, Way
from cbr_desktop.domain.region import Endpoints
from cbr_desktop.domain.secret import SecretKind, StoreProblem
from cbr_desktop.text.states import shown

WAYS = {
    Way.PASSWORD: "User and password",
    Way.TOKEN: "Pasted token",
    Way.KEYS: "Access key (AK/SK)",
    Way.TEMPORARY_KEYS: "Temporary keys",
    Way.AGENCY: "Agency",
}
WAY_REMARKS = {
    Way.PASSWORD: "Logs in as an IAM user. The token that it gets is renewed by itself.",
    Way.TOKEN: "A token that was made elsewhere. It ends within a day and cannot be renewed: you paste the next one.",
    Way.KEYS: "Signs each request with a permanent access key. Nobody logs in, and nothing expires.",
    Way.TEMPORARY_KEYS: "Signs each request with a key that lasts for hours. You paste all three parts when asked.",
    Way.AGENCY: "Logs in first, then takes on a role that another account has lent.",
}
SECRETS = {
    SecretKind.PASSWORD: "Password",
    SecretKind.PASSCODE: "Passcode",
    SecretKind.TOKEN: "Token",
    SecretKind.ACCESS_KEY: "Access key id (AK)",
    SecretKind.SECRET_KEY: "Secret access key (SK)",
    SecretKind.SECURITY_TOKEN: "Security token",
    SecretKind.PROXY_PASSWORD: "Proxy password",
}
PROXIES = {
    ProxyMode.SYSTEM: "As the system says",
    ProxyMode.NONE: "No proxy",
    ProxyMode.MANUAL: "This proxy",
}
FAMILIES = {
    AddressFamily.ANY: "IPv4 and IPv6",
    AddressFamily.IPV4: "IPv4 only",
    AddressFamily.IPV6: "IPv6 only",
}
NAME_RULES = {
    NameRules.ASCII: "Letters, digits, _ and - (accepted everywhere)",
    NameRules.CJK: "The same and Chinese ideographs",
}
_CLOUDS = {
    "otc.t-systems.com": "Open Telekom Cloud",
    "orange-business.com": "Flexible Engine",
    "myhuaweicloud.eu": "Huawei Cloud Europe",
    "myhuaweicloud.com": "Huawei Cloud",
}
_ROUTES = {
    RouteReason.MANUAL: "through the proxy {proxy}, as this profile says",
    RouteReason.SYSTEM: "through the proxy {proxy}, as the system says",
    RouteReason.NONE: "straight, as this profile says",
    RouteReason.LOOPBACK: "straight: it is this machine",
    RouteReason.EXEMPT: "straight: it is among the exceptions of the system's proxy",
    RouteReason.NOT_SET: "straight: the system has no proxy",
}
_STORE_PROBLEMS: dict[str, str] = {
    StoreProblem.NO_STORE: "was not found: this system has none that encrypts",
    StoreProblem.LOCKED: "is locked",
    StoreProblem.DENIED: "was not opened",
    StoreProblem.NO_ANSWER: "did not answer in time",
    StoreProblem.TOO_LONG: "has no room for a secret of this length",
    StoreProblem.NOT_GIVEN_BACK: "does not give back what it takes",
    StoreProblem.FAILED: "failed",
}


def cloud_words(endpoints: Endpoints) -> str:
    """Return whose cloud a region is of: ``Open Telekom Cloud``; the host's name when it is nobody's we know."""
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
    words = SECRETS[SecretKind(kind)]
    return words[0].lower() + words[1:]


def identity_words(profile: Profile) -> str:
    """Return as whom a profile asks."""
    user = f"{shown(profile.user, 60)} ({shown(profile.domain, 60)})" if profile.user else ""
    key = f"access key {shown(profile.access_key, 60)}" if profile.access_key else ""
    match profile.way:
        case Way.PASSWORD:
            return user or "–"
        case Way.KEYS:
            return key or "–"
        case Way.TOKEN:
            return "whoever the token was made for"
        case Way.TEMPORARY_KEYS:
            return "whoever the keys were made for"
        case Way.AGENCY:
            lent = f"agency {shown(profile.agency, 60)} of {shown(profile.agency_domain, 60)}"
            return f"{lent}, by {key or user}" if key or user else lent


def store_sentence(problem: str) -> str:
    """Return that the system's store cannot be used and what follows; empty when ``problem`` is."""
    if not problem:
        return ""
    why = _STORE_PROBLEMS.get(problem, f"cannot be used ({shown(problem, 60)})")
    return f"The system's password store {why}. What you enter is kept until you leave, in memory alone."


def network_sentences(effective: EffectiveNetwork) -> list[str]:
    """Return which way requests really take, whose certificates count, and what in the environment has a say."""
    lines = _routes(effective.routes)
    if effective.proxy_problem:
        lines.append(f"The proxy cannot be used: its address {shown(effective.proxy_problem)}.")
    system = ", ".join(shown(path) for path in effective.authorities) or "the system"
    company = f" and {shown(effective.ca_file)}" if effective.ca_file else ""
    lines.append(f"Certificates are checked by the authorities of {system}{company}.")
    return [*lines, *(_variable(variable) for variable in effective.variables)]


def _routes(routes: tuple[Route, ...]) -> list[str]:
    words = {host_of(route.endpoint): _ROUTES[route.reason].format(proxy=shown(route.proxy)) for route in routes}
    if len(set(words.values())) == 1:
        return [f"Requests go {next(iter(words.values()))}."]
    return [f"Requests to {shown(host)} go {way}." for host, way in words.items()]


def _variable(variable: Variable) -> str:
    say = "counts" if variable.used else "has no say here"
    return f"The variable {shown(variable.name)} ({shown(variable.value, 80)}) is set and {say}."
