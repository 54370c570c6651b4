"""Why a plan treats a segment, or a picture for it, as it does. Words and changed fields only; what
is done is decided in `plan`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from video_foundry.core.asks import Ask, Picture
from video_foundry.core.chains import Chain, is_same
from video_foundry.core.request import REFERENCE, Change, GenerationRequest, changes
from video_foundry.core.timeline import TimelineSegment

Action = Literal["reuse", "generate", "pinned", "uploaded"]
ReasonCode = Literal[
    "unchanged",
    "remembered",
    "chosen",
    "pinned",
    "uploaded",
    "new",
    "changed",
    "under_way",
    "failed_before",
]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a segment is treated as it is; `changes` names each field with old and new value."""

    code: ReasonCode
    message: str
    changes: tuple[Change, ...] = ()


def why_ready(segment: TimelineSegment, answer: Ask | None) -> tuple[Action, Reason]:
    """Why nothing is generated. answer: the request that the clip answers, if it is one."""
    if segment.own is not None:
        return "uploaded", Reason(code="uploaded", message="own footage")
    if segment.chosen is not None and segment.chosen.pinned:
        stale = difference(segment, segment.request)
        return "pinned", Reason(
            code="pinned", message=f"take {segment.chosen.number} is pinned", changes=stale
        )
    if segment.chosen is not None:
        return "reuse", Reason(code="chosen", message=f"take {segment.chosen.number} was chosen")
    changed = difference(segment, answer.request if answer else None)
    by = _by_whom(segment, answer)
    if segment.previous is not None and not changed:
        return "reuse", Reason(code="unchanged", message=f"nothing changed{by}")
    message = f"this request was generated before{by}"
    return "reuse", Reason(code="remembered", message=message, changes=changed)


def _by_whom(segment: TimelineSegment, answer: Ask | None) -> str:
    if answer is None or answer.entry is segment.entry:
        return ""
    return f" (made by {answer.entry.id}, which stood in)"


def why_generate(
    segment: TimelineSegment, chain: Chain, under_way: Collection[str], failed: Mapping[str, str]
) -> Reason:
    """Why the first of a chain is sent."""
    request = (chain.asks or segment.asks)[0].request
    mark, instead = request.fingerprint, _instead_of(chain)
    if mark in under_way:
        return Reason(code="under_way", message=f"already being generated; not paid again{instead}")
    if mark in failed:
        return Reason(code="failed_before", message=f"failed before: {failed[mark]}{instead}")
    changed = difference(segment, request)
    if changed:
        names = ", ".join(c.field for c in changed)
        return Reason(code="changed", message=f"changed: {names}{instead}", changes=changed)
    return Reason(code="new", message=f"never generated{instead}")


def _instead_of(chain: Chain) -> str:
    """That others were passed over, with the reason of the first."""
    if not chain.skipped or not chain.asks:
        return ""
    before = chain.skipped[0]
    why = chain.obstacle or "it was refused"
    return f"; {chain.asks[0].entry.id} stands in for {before.entry.id}: {why}"


def why_picture(
    segment: TimelineSegment,
    picture: Picture,
    *,
    is_there: bool,
    under_way: Collection[str],
    failed: Mapping[str, str],
) -> Reason:
    """Why a picture is made, or not."""
    mark, before = picture.request.fingerprint, _picture_before(segment, picture)
    if is_there:
        same = before is not None and before.fingerprint == mark
        return (
            Reason(code="unchanged", message="nothing changed")
            if same
            else Reason(code="remembered", message="this picture was made before")
        )
    if mark in under_way:
        return Reason(code="under_way", message="already being made; not paid again")
    if mark in failed:
        return Reason(code="failed_before", message=f"failed before: {failed[mark]}")
    changed = tuple(changes(before, picture.request)) if before else ()
    if changed:
        names = ", ".join(c.field for c in changed)
        return Reason(code="changed", message=f"changed: {names}", changes=changed)
    return Reason(code="new", message="never made")


def _picture_before(segment: TimelineSegment, picture: Picture) -> GenerationRequest | None:
    if segment.previous is None:
        return None
    told = segment.previous.references.get(picture.field, "")
    return segment.previous_pictures.get(told.removeprefix(REFERENCE))


def difference(segment: TimelineSegment, request: GenerationRequest | None) -> tuple[Change, ...]:
    """What differs from the last render; nothing where that used any request the segment asks for
    now."""
    if segment.previous is None or request is None or is_same(segment.previous, segment):
        return ()
    known = {**segment.previous_pictures, **_pictures_now(segment)}
    return tuple(_readable(one, known) for one in changes(segment.previous, request))


def _pictures_now(segment: TimelineSegment) -> dict[str, GenerationRequest]:
    return {one.request.fingerprint: one.request for a in segment.asks for one in a.pictures}


def _readable(change: Change, known: Mapping[str, GenerationRequest]) -> Change:
    """A changed picture by what was asked for it, not by its fingerprint."""
    if not change.field.startswith("references."):
        return change
    return replace(change, old=_said(change.old, known), new=_said(change.new, known))


def _said(told: object, known: Mapping[str, GenerationRequest]) -> object:
    if not isinstance(told, str) or not told.startswith(REFERENCE):
        return told
    request = known.get(told.removeprefix(REFERENCE))
    return "a picture made for it" if request is None else f"{request.model}: {request.prompt}"
