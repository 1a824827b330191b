"""A change as its request goes over the wire; nothing secret is filled in."""

from urllib.parse import urlsplit

from cbr_desktop.domain.change import Change
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.catalogue import _


def request_text(change: Change, profile: Profile) -> str:
    """Return method, path and body of a change; the project's id stands as a variable."""
    head = _("{method} /v3/{{project_id}}/{path}\nHost: {netloc}").format(
        method=change.method, path=change.path, netloc=urlsplit(profile.cbr_endpoint).netloc
    )
    return (
        f"{head}\n\n{change.body.decode('utf-8', 'replace')}"
        if change.body
        else _("{head}\n\n(no body)").format(head=head)
    )
