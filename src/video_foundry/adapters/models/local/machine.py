"""How models run on this machine: the settings `VIDEO_FOUNDRY_LOCAL_*`, read at each generation,
and what of the environment the generating process gets to see. Nothing is started here."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from video_foundry.core.catalogue import Extra
from video_foundry.errors import Rejected

DEVICES = ("auto", "cuda", "mps", "cpu")
DTYPES = ("auto", "bfloat16", "float16", "float32")
OFFLOADS = ("auto", "none", "model", "sequential")
KEEP_SECONDS = 30.0

_PREFIX = "VIDEO_FOUNDRY_LOCAL_"
_SEEN = frozenset({"HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR"})
_SEEN_PREFIXES = (
    *("CUDA_", "HIP_", "HSA_", "MKL_", "NVIDIA_", "OMP_", "PYTORCH_", "ROCR_", "TORCH_"),
    *("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME"),
)
_ONLINE = (
    *("HF_TOKEN", "HF_ENDPOINT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"),
    *("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"),
)
"""Seen where weights may be downloaded, and only there."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where and how to generate. python: the program that has the libraries. folder: where named
    folders of weights lie, "" for none. may_download: whether a hub may be asked. device, dtype,
    offload: one of the words above. keep_seconds: how long a loaded pipeline waits for the next
    request before its memory is given back."""

    python: str
    folder: str
    may_download: bool
    device: str
    dtype: str
    offload: str
    keep_seconds: float

    def to_json(self) -> str:
        """One line that `from_json` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The machine of a line that `to_json` wrote."""
        return cls(**json.loads(text))


def this_machine(environment: Mapping[str, str]) -> Machine:
    """What the environment says. Raises Rejected for a word that is none of those allowed."""
    folder = _said(environment, "WEIGHTS")
    return Machine(
        python=_said(environment, "PYTHON") or sys.executable,
        folder=str(Path(folder).expanduser()) if folder else "",
        may_download=_said(environment, "DOWNLOAD").lower() in ("1", "true", "yes", "on"),
        device=_choice(environment, "DEVICE", DEVICES),
        dtype=_choice(environment, "DTYPE", DTYPES),
        offload=_choice(environment, "OFFLOAD", OFFLOADS),
        keep_seconds=_seconds(environment, "KEEP_SECONDS"),
    )


def refuse_missing(machine: Machine, extra: Extra | None) -> None:
    """Raise Rejected where the libraries are not installed here; another Python is taken at its
    word."""
    if extra is None or machine.python != sys.executable:
        return
    missing = [name for name in extra.modules if find_spec(name) is None]
    if missing:
        raise Rejected(
            f"not installed ({', '.join(missing)}): pip install 'video-foundry[{extra.name}]'",
            code="not_installed",
        )


def child_environment(machine: Machine, environment: Mapping[str, str]) -> dict[str, str]:
    """No keys and no settings of ours: what the libraries need to find devices and weights."""
    seen = _SEEN.union(_ONLINE) if machine.may_download else _SEEN
    kept = {
        name: value
        for name, value in environment.items()
        if name in seen or name.startswith(_SEEN_PREFIXES)
    }
    offline = {} if machine.may_download else {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    quiet = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    return {**kept, **offline, **quiet, "TOKENIZERS_PARALLELISM": "false"}


def _said(environment: Mapping[str, str], name: str) -> str:
    return environment.get(_PREFIX + name, "").strip()


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    said = _said(environment, name).lower() or choices[0]
    if said not in choices:
        allowed = ", ".join(choices)
        raise Rejected(f"{_PREFIX}{name} is {said!r}; choose one of: {allowed}", code="bad_setting")
    return said


def _seconds(environment: Mapping[str, str], name: str) -> float:
    said = _said(environment, name)
    try:
        seconds = float(said) if said else KEEP_SECONDS
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise Rejected(f"{_PREFIX}{name} must be seconds from 0 to 86400", code="bad_setting")
    return seconds
