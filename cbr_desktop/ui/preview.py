"""A request as other tools write it: JSON, HTTP, cURL, KooCLI and the vendor's Python SDK, all from the same bytes.

Nothing secret is ever filled in: token, keys and project id stand as variables of the shell.
"""

import json
import shlex
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from cbr_desktop.domain.profile import Profile


class Form(StrEnum):
    """The forms that a request can be shown in, by the name that the operator sees."""

    JSON = "JSON"
    HTTP = "HTTP"
    CURL = "cURL"
    HCLOUD = "hcloud"
    PYTHON = "Python"


def rendered(form: Form, body: bytes, profile: Profile) -> str:
    """Return ``body`` in one of the forms, ready to be copied."""
    return _RENDERINGS[form](body.decode("utf-8", "replace"), profile)


def _json(text: str, profile: Profile) -> str:
    return text


def _http(text: str, profile: Profile) -> str:
    head = [
        "POST /v3/{project_id}/checkpoints HTTP/1.1",
        f"Host: {urlsplit(profile.cbr_endpoint).netloc}",
        "Content-Type: application/json",
        f"Content-Length: {len(text.encode())}",
        "X-Auth-Token: {token}",
    ]
    return "\n".join([*head, "", text])


def _curl(text: str, profile: Profile) -> str:
    # The project id stays outside of the quotes' reach: the shell fills it in, whatever the endpoint contains.
    address = f'{shlex.quote(profile.cbr_endpoint.rstrip("/"))}/v3/"$CBR_PROJECT_ID"/checkpoints'
    lines = [
        f"curl --fail-with-body --request POST {address}",
        '--header "X-Auth-Token: $CBR_TOKEN"',
        "--header 'Content-Type: application/json'",
        f"--data-binary {shlex.quote(text)}",
    ]
    return " \\\n  ".join(lines) + "\n"


def _hcloud(text: str, profile: Profile) -> str:
    """Write the input file that KooCLI wants, the body under ``body``, then the command that reads it."""
    document = json.dumps({"body": json.loads(text)}, ensure_ascii=False, indent=2)
    region = shlex.quote(profile.region) if profile.region else '"$CBR_REGION"'
    return (
        f"cat > CBR_CreateCheckpoint.json <<'END_OF_REQUEST'\n{document}\nEND_OF_REQUEST\n"
        f"hcloud CBR CreateCheckpoint --cli-region={region} \\\n"
        '  --project_id="$CBR_PROJECT_ID" \\\n'
        "  --cli-jsonInput=CBR_CreateCheckpoint.json\n"
    )


def _python(text: str, profile: Profile) -> str:
    checkpoint = json.loads(text)["checkpoint"]
    parameters = checkpoint.get("parameters", {})
    values = {key: _python_value(key, value) for key, value in parameters.items() if key in _SDK_PARAMETERS}
    arguments = "".join(f"            {key}={value},\n" for key, value in values.items())
    unknown = sorted(set(parameters) - _SDK_PARAMETERS)
    remark = f"# The SDK has no field for: {', '.join(map(repr, unknown))}\n" if unknown else ""
    return _PYTHON.format(
        remark=remark,
        vault_id=_literal(checkpoint.get("vault_id", "")),
        arguments=arguments,
        endpoint=_literal(profile.cbr_endpoint),
    )


_SDK_PARAMETERS = frozenset(
    {
        "auto_trigger",
        "description",
        "incremental",
        "name",
        "resources",
        "resource_details",
        "retention_duration_days",
        "policy_id",
    }
)
_PYTHON = """\
# pip install huaweicloudsdkcbr
import os

from huaweicloudsdkcbr.v1 import (
    CbrClient,
    CheckpointParam,
    CreateCheckpointRequest,
    Resource,
    ResourceExtraInfo,
    ResourceExtraInfoIncludeVolumes,
    VaultBackup,
    VaultBackupReq,
)
from huaweicloudsdkcore.auth.credentials import BasicCredentials

{remark}body = VaultBackupReq(
    checkpoint=VaultBackup(
        vault_id={vault_id},
        parameters=CheckpointParam(
{arguments}        ),
    )
)

if __name__ == "__main__":
    credentials = BasicCredentials(os.environ["CBR_AK"], os.environ["CBR_SK"], os.environ["CBR_PROJECT_ID"])
    client = CbrClient.new_builder().with_credentials(credentials).with_endpoints([{endpoint}]).build()
    print(client.create_checkpoint(CreateCheckpointRequest(body=body)))
"""


def _python_value(key: str, value: Any) -> str:
    if key != "resource_details":
        return _literal(value)
    return "[" + ", ".join(_python_resource(detail) for detail in value) + "]"


def _python_resource(detail: dict[str, Any]) -> str:
    arguments = [f"{key}={_literal(detail[key])}" for key in ("id", "type", "name") if key in detail]
    if "extra_info" in detail:
        arguments.append(f"extra_info={_python_extra(detail['extra_info'])}")
    return f"Resource({', '.join(arguments)})"


def _python_extra(extra: dict[str, Any]) -> str:
    arguments = []
    if "exclude_volumes" in extra:
        arguments.append(f"exclude_volumes={_literal(extra['exclude_volumes'])}")
    if "include_volumes" in extra:
        volumes = [f"ResourceExtraInfoIncludeVolumes(id={_literal(v['id'])})" for v in extra["include_volumes"]]
        arguments.append(f"include_volumes=[{', '.join(volumes)}]")
    return f"ResourceExtraInfo({', '.join(arguments)})"


def _literal(value: Any) -> str:
    """Return a Python literal of a JSON value; ``ascii`` keeps it the same in whatever encoding it is pasted."""
    return ascii(value)


_RENDERINGS = {
    Form.JSON: _json,
    Form.HTTP: _http,
    Form.CURL: _curl,
    Form.HCLOUD: _hcloud,
    Form.PYTHON: _python,
}
