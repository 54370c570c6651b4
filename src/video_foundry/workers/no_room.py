"""Telling a full disk from a step that cannot be done. What failed has often removed its half-made
file by the time that anybody looks, so that what it said counts, and not only what is free now."""

import asyncio
import errno
import os
import shutil
from pathlib import Path

from video_foundry.errors import CompositionFailed, FoundryError

LEAST_FREE = 16 * 1024**2
"""Bytes of free disk below which a failed step is blamed on the disk, whatever it said."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_WORDS = tuple(os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT))
"""What a helper's complaint says of it; too large a file is a limit of ours there."""


async def is_for_want_of_room(error: Exception, folder: Path) -> bool:
    """Whether the disk, and not the step, is to blame. folder: where the step wrote."""
    if tells_of_full_disk(error):
        return True
    return (await asyncio.to_thread(shutil.disk_usage, folder)).free < LEAST_FREE


def tells_of_full_disk(error: BaseException | None) -> bool:
    """Whether an error, or what led to it, says that there was no room."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if isinstance(error, FoundryError) and error.code == "disk_full":
            return True
        if isinstance(error, CompositionFailed) and any(w in error.message for w in _WORDS):
            return True
        error = error.__cause__
    return False
