"""Request files on the disk: the operator's own documents, one request in each."""

import json
import os
import stat
from pathlib import Path
from typing import Any

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.document import read as read_bytes
from cbr_desktop.domain.error import Damaged, Missing
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, block
from cbr_desktop.domain.request import SIZE_LIMIT, RequestDocument, unknown_keys
from cbr_desktop.domain.request import body as body_of
from cbr_desktop.storage.files import PRIVATE_FILE, make_missing_folder, open_plain, reason, write_whole


def read(path: Path) -> tuple[Document | None, list[Finding]]:
    """Read a request file; nothing is sent or changed by that. ``Damaged`` when there is no readable file at all."""
    data = content(path, SIZE_LIMIT)
    if isinstance(data, int):
        return None, [block(FindingKind.TOO_LARGE, RequestPart.FILE, size=data, limit=SIZE_LIMIT)]
    return read_bytes(data)


def save(path: Path, draft: CheckpointDraft, document: RequestDocument | None = None) -> None:
    """Save the draft of a checkpoint whole or not at all (``NotSaved``).

    ``document`` is the file that the draft began as: what this version did not understand in it stays. A file keeps the
    rights that the operator gave it, a new one is 0600.
    """
    make_missing_folder(path.parent)
    write_whole(path, written(draft, document), mode=mode(path))


def written(draft: CheckpointDraft, document: RequestDocument | None = None) -> bytes:
    """Return the bytes of a checkpoint's file, always in the same order: the request, then what else the file had."""
    if document is None:
        return body_of(draft) + b"\n"
    checkpoint = document.checkpoint if draft == document.draft else _merged(draft, document)
    value = {"checkpoint": checkpoint} | document.other
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass") + b"\n"


def content(path: Path, limit: int) -> bytes | int:
    """Return the bytes of a file, or its size when it has more than ``limit``. ``Damaged`` when it cannot be read.

    ``Missing`` when there is none.
    """
    try:
        with open_plain(path) as file:
            size = os.fstat(file.fileno()).st_size
            return size if size > limit else file.read(limit + 1)
    except FileNotFoundError as error:
        raise Missing(str(path), reason(error)) from error
    except OSError as error:
        raise Damaged(str(path), reason(error)) from error
    except ValueError as error:
        # a name that no system takes
        raise Damaged(str(path), str(error)) from error


def mode(path: Path) -> int:
    """Return the rights of a file, or those of a new one."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return PRIVATE_FILE


def _merged(draft: CheckpointDraft, document: RequestDocument) -> dict[str, Any]:
    """Return the body of an edited draft, with the keys of the document that only its author understands."""
    checkpoint: dict[str, Any] = json.loads(body_of(draft))["checkpoint"]
    own, of_parameters = unknown_keys(document.checkpoint)
    checkpoint["parameters"] |= of_parameters
    return checkpoint | own
