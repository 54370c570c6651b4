"""Where providers may call when a generation is over: the address that they are told. Pure. What a
call there means (ask now, and nothing more) is for services and workers."""

PREFIX = "/api/webhooks"
"""Beneath it stand the provider and the token."""


def webhook_url(public_url: str, provider: str, token: str) -> str:
    """The address for one generation.

    public_url: where this installation can be reached from outside, without a slash at its end.
    token: what tells the generation from all others and cannot be guessed.
    """
    return f"{public_url}{PREFIX}/{provider}/{token}"
