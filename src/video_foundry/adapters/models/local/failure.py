"""What the generating process says when there is no clip. Nothing else."""


class CannotGenerate(Exception):
    """Why there is no clip, for people; `code` is for programs."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code
