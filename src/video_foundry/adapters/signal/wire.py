"""How a signal is written between processes. Readers skip what they do not understand, so that
versions can run side by side."""

import json
from dataclasses import asdict
from typing import Any

from video_foundry.ports.signal import NewEvents, Signal, Tick

VERSION = 1
_CHANNEL = "video-foundry.project."


def channel_of(project_id: str) -> str:
    """The channel that carries a project's signals."""
    return _CHANNEL + project_id


def project_in(channel: str) -> str | None:
    """The project whose channel this is; None for any other."""
    return channel[len(_CHANNEL) :] if channel.startswith(_CHANNEL) else None


def encode(signal: Signal, *, sender: str) -> str:
    """One signal as text. sender: who published it, so that nobody hears their own echo."""
    kind = "events" if isinstance(signal, NewEvents) else "tick"
    return json.dumps({"v": VERSION, "from": sender, "kind": kind, "signal": asdict(signal)})


def decode(text: str) -> tuple[str, Signal] | None:
    """Sender and signal; None for what another version or somebody else wrote."""
    try:
        message = json.loads(text)
        if message["v"] != VERSION:
            return None
        return str(message["from"]), _signal(message["kind"], message["signal"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _signal(kind: str, fields: dict[str, Any]) -> Signal:
    if kind == "events":
        return NewEvents(project_id=str(fields["project_id"]), seq=int(fields["seq"]))
    return Tick(
        project_id=str(fields["project_id"]),
        segment_ids=tuple(str(each) for each in fields["segment_ids"]),
        job_id=str(fields["job_id"]),
        kind=str(fields["kind"]),
        progress=float(fields["progress"]),
    )
