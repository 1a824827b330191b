"""What runs in CI that others have made is named by its digest, which nobody can move to something else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

WORKFLOWS = sorted((Path(__file__).resolve().parents[2] / ".github" / "workflows").glob("*.yml"))
ACTION = re.compile(r"actions/[a-z-]+@[0-9a-f]{40}")
IMAGE = re.compile(r"\S+@sha256:[0-9a-f]{64}")


def jobs(workflow: Path) -> Iterator[dict]:
    yield from yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values()


def images(job: dict) -> Iterator[str]:
    """Yield the container that a job runs in, and those beside it."""
    for container in (job.get("container"), *job.get("services", {}).values()):
        if container:
            yield container if isinstance(container, str) else container["image"]


def test_there_are_workflows():
    assert [workflow.name for workflow in WORKFLOWS] == ["packages.yml", "test.yml"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_actions_are_named_by_their_commit(workflow):
    """None is of a third party; job definitions of others are actions too."""
    used = [job["uses"] for job in jobs(workflow) if "uses" in job]
    used += [step["uses"] for job in jobs(workflow) for step in job.get("steps", ()) if "uses" in step]
    assert [action for action in used if not ACTION.fullmatch(action)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_containers_are_named_by_their_digest(workflow):
    assert [image for job in jobs(workflow) for image in images(job) if not IMAGE.fullmatch(image)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_a_digest_says_of_what_version_it_is(workflow):
    lines = [line for line in workflow.read_text("utf-8").splitlines() if re.search(r"@(sha256:)?[0-9a-f]{40}", line)]
    assert [line for line in lines if not re.search(r" # v?\d+(\.\d+)+", line)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_what_is_tested_gets_nothing_to_write_with(workflow):
    text = yaml.safe_load(workflow.read_text("utf-8"))
    assert text["permissions"] == {"contents": "read"}
    checkouts = [step for job in jobs(workflow) for step in job["steps"] if "/checkout@" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
