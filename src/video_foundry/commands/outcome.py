"""How a command ends when it cannot go on: a sentence on standard error and an exit status. Free of
the command line's own libraries, because the worker goes on without them."""

import contextlib
import os
import sys
from collections.abc import Iterator

from video_foundry.errors import BadInput, FoundryError


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Errors of the error tree and of the system end the process: 2 for wrong input, naming the
    fields, and 1 for the rest."""
    try:
        yield
    except BadInput as error:
        _complain(error.message, [(p.field, p.message, p.fix) for p in error.problems])
        sys.exit(2)
    except FoundryError as error:
        _complain(error.message, [])
        sys.exit(1)
    except BrokenPipeError:
        os._exit(0)  # the reader of our output has gone, as `head` does
    except OSError as error:
        _complain(str(error), [])
        sys.exit(1)


def _complain(message: str, problems: list[tuple[str, str, str | None]]) -> None:
    print(f"video-foundry: {message}", file=sys.stderr)
    for field, what, fix in problems:
        shown = f"  {field}: {what}" if what != message else f"  {field}"
        print(shown + (f" ({fix})" if fix else ""), file=sys.stderr)
