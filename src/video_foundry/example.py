"""The example project that a first visit finds: an animatic that renders without any key."""

from pathlib import Path
from uuid import UUID, uuid5

from video_foundry.core.profile import OutputProfile
from video_foundry.services._edit import SegmentContent
from video_foundry.services.context import Context
from video_foundry.services.imports import has_projects, import_project

NAMESPACE = UUID("6f0c0a54-7d3f-4f0e-9b53-0d6f8a9f2c11")
"""Ids that must come out the same each time are derived under this one."""

NAME = "Northern Light"
DESCRIPTION = (
    "A five-shot animatic made by the built-in storyboard model. Press Render; then change one "
    "prompt and render again: only that shot is made anew."
)
SHOTS = (
    ("A lighthouse on a cliff above a dark ocean at dusk, wide shot, slow push in", 4),
    ("Waves roll under drifting fog, the beam of the lighthouse sweeps over them", 4),
    ("Close-up: rain runs down a window, warm light behind it", 3),
    ("An old keeper walks up a spiral staircase, seen from below, tilt up", 4),
    ("Dawn over snowy mountains and a calm fjord, aerial shot, pull out", 5),
)


async def ensure_example(ctx: Context, data_dir: Path) -> None:
    """Create the example once, in an empty installation; a deleted example does not come back."""
    marker = data_dir / "example-created"
    if marker.exists() or await has_projects(ctx):
        return
    segments = [
        SegmentContent(
            prompt=prompt,
            model_params={
                "model": "storyboard",
                "duration": seconds,
                "shot": str(number),
                "seed": number,
            },
        )
        for number, (prompt, seconds) in enumerate(SHOTS, start=1)
    ]
    await import_project(
        ctx,
        str(uuid5(NAMESPACE, "example")),
        name=NAME,
        description=DESCRIPTION,
        profile=OutputProfile(),
        segments=segments,
    )
    marker.touch()
