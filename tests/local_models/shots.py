"""The smallest requests that each local model takes: a second of work with tiny weights."""

from collections.abc import Callable
from typing import Any

from video_foundry.ports.video_model import Submission

Ask = Callable[..., Submission]
"""`ask(model, prompt, picture=..., **params)`: a submission with a folder and a key of its own."""

SMALL: dict[str, Any] = {"width": 64, "height": 64, "steps": 2}
TINY: dict[str, dict[str, Any]] = {
    "local-ltx": {"weights": "ltx", "duration": 0.5, "fps": 12},
    "local-wan": {"weights": "wan", "duration": 0.5},
    "local-wan-image": {"weights": "wan-image", "duration": 0.5},
    "local-cogvideox": {"weights": "cogvideox", "duration": 1},
    "local-cogvideox-image": {"weights": "cogvideox-image", "duration": 1},
    "local-animatediff": {"weights": "still", "motion_weights": "motion", "duration": 0.5},
    "local-svd": {"weights": "svd", "duration": 0.5},
}
"""Model -> what a tiny clip of it takes, beside `SMALL`."""
