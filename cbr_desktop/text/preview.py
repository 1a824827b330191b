"""A change as other tools write it: JSON, HTTP, cURL, KooCLI and the vendor's Python SDK, all from the same bytes.

Nothing secret is ever filled in: token, keys and project id stand as variables of the shell.
"""

import json
import re
import shlex
from collections.abc import Iterator
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from cbr_desktop.domain.change import Change, Service
from cbr_desktop.domain.document import Schema, parts_of
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.region import eps_endpoint
from cbr_desktop.text.catalogue import _
from cbr_desktop.workflows.operations import OPERATIONS


class PreviewForm(StrEnum):
    """The forms that a request can be shown in, by the name that the operator sees."""

    JSON = "JSON"
    HTTP = "HTTP"
    CURL = "cURL"
    HCLOUD = "hcloud"
    PYTHON = "Python"


def rendered(form: PreviewForm, change: Change, profile: Profile) -> str:
    """Return ``change`` in one of the forms, ready to be copied; as JSON its body alone, empty where it has none."""
    return _RENDERINGS[form](change, profile)


def request_text(change: Change, profile: Profile) -> str:
    """Return method, path and body of a change, without the headers that are the same for every request."""
    body = _json(change, profile) or _("(no body)")
    return f"{_request_line(change)}\n{_host_line(change, profile)}\n\n{body}"


def _request_line(change: Change) -> str:
    return f"{change.method} {change.address}"


_UNKNOWN_HOST = "https://$EPS_HOST"


def _endpoint(change: Change, profile: Profile) -> str:
    """Return where a change is sent; of a service whose address is not known a variable of the shell."""
    if change.kind.service is Service.BACKUP:
        return profile.cbr_endpoint.rstrip("/")
    return eps_endpoint(profile.cbr_endpoint) or _UNKNOWN_HOST


def _host_line(change: Change, profile: Profile) -> str:
    return f"Host: {urlsplit(_endpoint(change, profile)).netloc}"


def _json(change: Change, _profile: Profile) -> str:
    return change.body.decode("utf-8", "replace")


def _http(change: Change, profile: Profile) -> str:
    text = _json(change, profile)
    head = [
        f"{_request_line(change)} HTTP/1.1",
        _host_line(change, profile),
        *(["Content-Type: application/json", f"Content-Length: {len(text.encode())}"] if text else []),
        "X-Auth-Token: {token}",
    ]
    return "\n".join([*head, "", text])


def _curl(change: Change, profile: Profile) -> str:
    # The project id stays outside of the quotes' reach: the shell fills it in, whatever the endpoint contains.
    endpoint, is_own = _endpoint(change, profile), change.kind.service is Service.BACKUP
    version = '/v3/"$CBR_PROJECT_ID"/' if is_own else "/v1.0/"
    host = endpoint if endpoint == _UNKNOWN_HOST else shlex.quote(endpoint)
    address = f"{host}{version}{shlex.quote(change.path)}"
    text = _json(change, profile)
    lines = [
        f"curl --fail-with-body --request {change.method} {address}",
        f'--header "X-Auth-Token: ${"CBR_TOKEN" if is_own else "ACCOUNT_TOKEN"}"',
        *(["--header 'Content-Type: application/json'", f"--data-binary {shlex.quote(text)}"] if text else []),
    ]
    return " \\\n  ".join(lines) + "\n"


def _hcloud(change: Change, profile: Profile) -> str:
    """Write the input file that KooCLI wants, with ids under ``path``, then the command that reads it."""
    document: dict[str, Any] = {}
    if parts := parts_of(OPERATIONS[change.kind].template, change.path):
        document["path"] = parts
    if change.body:
        document["body"] = json.loads(change.body)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    region = shlex.quote(profile.region) if profile.region else '"$CBR_REGION"'
    service = change.kind.service
    file = f"{service}_{change.kind.definition}.json"
    project = '  --project_id="$CBR_PROJECT_ID" \\\n' if service is Service.BACKUP else ""
    return (
        f"cat > {file} <<'END_OF_REQUEST'\n{text}\nEND_OF_REQUEST\n"
        f"hcloud {service} {change.kind.definition} --cli-region={region} \\\n"
        f"{project}"
        f"  --cli-jsonInput={file}\n"
    )


def _python(change: Change, profile: Profile) -> str:
    """Write a program that builds the request of the classes that the service's definition names."""
    operation = OPERATIONS[change.kind]
    name = change.kind.definition
    arguments = [f"{key}={_literal(part)}" for key, part in parts_of(operation.template, change.path).items()]
    classes = {f"{name}Request"}
    body, remark = "", ""
    if operation.schema is not None:
        content = json.loads(change.body)
        body = f"body = {_built(operation.schema, content, 0)}\n"
        arguments.append("body=body")
        classes |= set(_classes(operation.schema, content))
        unknown = sorted(set(_unknown(operation.schema, content)))
        remark = f"# The SDK has no field for: {', '.join(map(_literal, unknown))}\n" if unknown else ""
    service = change.kind.service
    credentials, scope = _CREDENTIALS[service]
    return _PYTHON.format(
        package=service.lower(),
        client=f"{service.capitalize()}Client",
        credentials=credentials,
        scope=scope,
        imports="".join(f"    {each},\n" for each in sorted({f"{service.capitalize()}Client", *classes})),
        remark=remark,
        body=body,
        request=f"{name}Request({', '.join(arguments)})",
        endpoint=_literal(_endpoint(change, profile)),
        method=re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(),
    )


_CREDENTIALS = {
    Service.BACKUP: ("BasicCredentials", "CBR_PROJECT_ID"),
    Service.ENTERPRISE_PROJECTS: ("GlobalCredentials", "ACCOUNT_ID"),
}
"""What proves who asks a service in the vendor's SDK, and the variable for the project or the account it is for."""
_PYTHON = """\
# pip install huaweicloudsdk{package}
import os

from huaweicloudsdk{package}.v1 import (
{imports})
from huaweicloudsdkcore.auth.credentials import {credentials}

{remark}{body}request = {request}

if __name__ == "__main__":
    credentials = {credentials}(os.environ["CBR_AK"], os.environ["CBR_SK"], os.environ["{scope}"])
    client = {client}.new_builder().with_credentials(credentials).with_endpoints([{endpoint}]).build()
    print(client.{method}(request))
"""


def _built(expected: Any, value: Any, level: int) -> str:
    """Return the expression that makes a value of the class that is expected, ``level`` parts deep."""
    if isinstance(expected, Schema) and isinstance(value, dict):
        known = [key for key in value if key in expected.fields]
        inner = "    " * (level + 1)
        lines = "".join(f"{inner}{key}={_built(expected.fields[key], value[key], level + 1)},\n" for key in known)
        return f"{expected.name}(\n{lines}{'    ' * level})" if lines else f"{expected.name}()"
    if isinstance(expected, list) and isinstance(expected[0], Schema) and isinstance(value, list):
        inner = "    " * (level + 1)
        items = "".join(f"{inner}{_built(expected[0], item, level + 1)},\n" for item in value)
        return f"[\n{items}{'    ' * level}]" if items else "[]"
    return _literal(value)


def _classes(expected: Any, value: Any) -> Iterator[str]:
    """Yield the names of the classes that a value is built of."""
    if isinstance(expected, Schema) and isinstance(value, dict):
        yield expected.name
        for key in expected.fields.keys() & value.keys():
            yield from _classes(expected.fields[key], value[key])
    elif isinstance(expected, list) and isinstance(value, list):
        for item in value:
            yield from _classes(expected[0], item)


def _unknown(expected: Any, value: Any) -> Iterator[str]:
    """Yield the keys of a value for which the classes have no field."""
    if isinstance(expected, Schema) and isinstance(value, dict):
        for key, item in value.items():
            if key in expected.fields:
                yield from _unknown(expected.fields[key], item)
            else:
                yield key
    elif isinstance(expected, list) and isinstance(value, list):
        for item in value:
            yield from _unknown(expected[0], item)


def _literal(value: Any) -> str:
    """Return a Python literal of a JSON value; ``ascii`` keeps it the same in whatever encoding it is pasted."""
    return ascii(value)


_RENDERINGS = {
    PreviewForm.JSON: _json,
    PreviewForm.HTTP: _http,
    PreviewForm.CURL: _curl,
    PreviewForm.HCLOUD: _hcloud,
    PreviewForm.PYTHON: _python,
}
