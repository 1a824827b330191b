"""Words for the way that requests really take through the network."""

from cbr_desktop.domain.network import EffectiveNetwork, Route, RouteReason, Variable
from cbr_desktop.text.catalogue import N_, _, listed
from cbr_desktop.text.identity import host_of, unfit_proxy_sentence
from cbr_desktop.text.states import shown

_ROUTES = {
    RouteReason.MANUAL: N_("through the proxy {proxy}, as this profile says"),
    RouteReason.SYSTEM: N_("through the proxy {proxy}, as the system says"),
    RouteReason.NONE: N_("directly, as this profile says"),
    RouteReason.LOOPBACK: N_("directly: it is this machine"),
    RouteReason.EXEMPT: N_("directly: it is among the exceptions of the system's proxy"),
    RouteReason.NOT_SET: N_("directly: the system has no proxy"),
}


def network_sentences(effective: EffectiveNetwork) -> list[str]:
    """Return which way requests really take, whose certificates count, and what in the environment has a say."""
    lines = _routes(effective.routes)
    if effective.proxy_problem:
        lines.append(unfit_proxy_sentence(effective.proxy_problem))
    system = listed([shown(path) for path in effective.authorities]) or _("the system")
    checked = (
        _("Certificates are checked by the authorities of {system} and {company}.")
        if effective.ca_file
        else _("Certificates are checked by the authorities of {system}.")
    )
    lines.append(checked.format(system=system, company=shown(effective.ca_file)))
    return [*lines, *(_variable(variable) for variable in effective.variables)]


def _routes(routes: tuple[Route, ...]) -> list[str]:
    ways = {host_of(route.endpoint): _(_ROUTES[route.reason]).format(proxy=shown(route.proxy)) for route in routes}
    if len(set(ways.values())) == 1:
        return [_("Requests go {way}.").format(way=next(iter(ways.values())))]
    return [_("Requests to {host} go {way}.").format(host=shown(host), way=way) for host, way in ways.items()]


def _variable(variable: Variable) -> str:
    said = (
        _("The variable {variable} ({value}) is set and used.")
        if variable.used
        else _("The variable {variable} ({value}) is set, but not used here.")
    )
    return said.format(variable=shown(variable.name), value=shown(variable.value, 80))
