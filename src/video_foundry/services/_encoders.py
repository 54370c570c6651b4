"""Whether what composes in this process can encode what a project asks for. Encodes nothing of a
user's; what other workers have is theirs to say."""

from collections.abc import Sequence

from video_foundry.core.outputs import MAIN, Output, films
from video_foundry.core.plan import PlanProblem
from video_foundry.core.profile import require_encoder
from video_foundry.errors import BadInput
from video_foundry.services.context import Context


async def not_encoded_here(ctx: Context, outputs: Sequence[Output]) -> tuple[PlanProblem, ...]:
    """A problem for each film that cannot be encoded here; none where others compose.

    The first time that more is asked for than every machine has, finding out takes a moment.
    """
    asking = [one for one in films(outputs) if not _is_anywhere(one)]
    if not ctx.composes_here or not asking:
        return ()
    offered, found = await ctx.compositor.encoders(), []
    for one in asking:
        profile = one.profile
        try:
            require_encoder(profile.codec, profile.encoder, offered, where="on this machine")
        except BadInput as refusal:
            found.append(_problem(one.name, refusal))
    return tuple(found)


def _problem(name: str, refusal: BadInput) -> PlanProblem:
    [problem] = refusal.problems
    is_main = name == MAIN
    return PlanProblem(
        segment_id=None,
        field=f"{'settings' if is_main else f'outputs.{name}'}.{problem.field}",
        message=refusal.message if is_main else f"output {name}: {refusal.message}",
        fix=problem.fix,
    )


def _is_anywhere(output: Output) -> bool:
    """H.264 by software: no FFmpeg is used without it."""
    return (output.profile.codec, output.profile.encoder) == ("h264", "software")
