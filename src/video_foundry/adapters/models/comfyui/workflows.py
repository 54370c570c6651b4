"""Workflow files in the folder that the administrator names: found, read and held to their digest.
What is in them is for `graph`."""

import hashlib
import json
from pathlib import Path
from typing import Any

from video_foundry.errors import Rejected

MAX_BYTES = 8 * 1024 * 1024


def read_workflow(folder: str, name: str, sha256: str) -> Any:
    """The JSON of a workflow file; blocks. name: with or without `.json`.

    Raises Rejected without a folder or a file, for another digest than asked for (the message has
    the right one), and for anything that is not JSON.
    """
    content = _content(folder, name)
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        raise Rejected(
            f"the workflow {name} has changed: its workflow_sha256 is now {digest}",
            code="workflow_changed",
        )
    try:
        return json.loads(content)
    except ValueError:
        raise Rejected(f"the workflow {name} is not JSON", code="workflow_format") from None


def _content(folder: str, name: str) -> bytes:
    if not folder:
        raise Rejected(
            "there is no folder for workflows: set COMFYUI_WORKFLOWS to one",
            code="no_workflows_folder",
        )
    # The catalogue's pattern lets no separator through; this is for those who go round it.
    file = Path(folder).expanduser() / Path(name.removesuffix(".json") + ".json").name
    try:
        if file.stat().st_size > MAX_BYTES:
            raise Rejected(f"the workflow {name} is too large", code="workflow_format")
        return file.read_bytes()
    except OSError:
        raise Rejected(
            f"there is no workflow {file.name} in the folder that COMFYUI_WORKFLOWS names",
            code="no_such_workflow",
        ) from None
