"""The models of OpenRouter's capability list as it was on 2026-10-09, for its emulator: what each
takes and what it costs, in OpenRouter's own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Capability:
    """What one model can do. seconds, frames: allowed values. audio, seed: None where the list does
    not say. prices: OpenRouter's `pricing_skus`."""

    seconds: tuple[int, ...]
    resolutions: tuple[str, ...]
    ratios: tuple[str, ...]
    frames: tuple[str, ...]
    audio: bool | None = None
    seed: bool | None = None
    prices: Mapping[str, str] = field(default_factory=dict)


_FIRST = ("first_frame",)
_BOTH = ("first_frame", "last_frame")
_SIX = ("21:9", "16:9", "4:3", "1:1", "3:4", "9:16")
_SEVEN = (*_SIX, "9:21")

CAPABILITIES: Mapping[str, Capability] = {
    "google/veo-3.1": Capability(
        seconds=(4, 6, 8),
        resolutions=("720p", "1080p", "4K"),
        ratios=("16:9", "9:16"),
        frames=_BOTH,
        audio=True,
        seed=True,
        prices={
            "duration_seconds_with_audio": "0.40",
            "duration_seconds_with_audio_4k": "0.60",
            "duration_seconds_without_audio": "0.20",
            "duration_seconds_without_audio_4k": "0.40",
        },
    ),
    "google/veo-3.1-fast": Capability(
        seconds=(4, 6, 8),
        resolutions=("720p", "1080p", "4K"),
        ratios=("16:9", "9:16"),
        frames=_BOTH,
        audio=True,
        seed=True,
        prices={
            "duration_seconds_with_audio": "0.12",
            "duration_seconds_with_audio_4k": "0.30",
            "duration_seconds_without_audio": "0.10",
            "duration_seconds_with_audio_720p": "0.10",
            "duration_seconds_without_audio_4k": "0.25",
            "duration_seconds_without_audio_720p": "0.08",
        },
    ),
    "google/veo-3.1-lite": Capability(
        seconds=(4, 6, 8),
        resolutions=("720p", "1080p"),
        ratios=("16:9", "9:16"),
        frames=_BOTH,
        audio=True,
        seed=True,
        prices={
            "duration_seconds_with_audio": "0.08",
            "duration_seconds_without_audio": "0.05",
            "duration_seconds_with_audio_720p": "0.05",
            "duration_seconds_without_audio_720p": "0.03",
        },
    ),
    "kwaivgi/kling-v3.0-pro": Capability(
        seconds=tuple(range(3, 16)),
        resolutions=("720p",),
        ratios=("16:9", "9:16", "1:1"),
        frames=_BOTH,
        audio=True,
        seed=False,
        prices={"duration_seconds": "0.112", "duration_seconds_with_audio": "0.168"},
    ),
    "kwaivgi/kling-v3.0-std": Capability(
        seconds=tuple(range(3, 16)),
        resolutions=("720p",),
        ratios=("16:9", "9:16", "1:1"),
        frames=_BOTH,
        audio=True,
        seed=False,
        prices={"duration_seconds": "0.084", "duration_seconds_with_audio": "0.126"},
    ),
    "minimax/hailuo-3": Capability(
        seconds=tuple(range(5, 16)),
        resolutions=("2K",),
        ratios=_SIX,
        frames=_BOTH,
        audio=True,
        seed=False,
        prices={"duration_seconds": "0.13", "reference_images": "0.04"},
    ),
    "minimax/hailuo-3-max": Capability(
        seconds=tuple(range(5, 16)),
        resolutions=("768p", "480p"),
        ratios=_SIX,
        frames=_BOTH,
        audio=False,
        seed=False,
        prices={
            "duration_seconds": "0.08",
            "duration_seconds_480p": "0.05",
            "duration_seconds_768p": "0.08",
        },
    ),
    "minimax/hailuo-2.3": Capability(
        seconds=(6, 10),
        resolutions=("1080p",),
        ratios=("16:9",),
        frames=_FIRST,
        audio=False,
        seed=None,
        prices={"duration_seconds": "0.0817"},
    ),
    "alibaba/wan-3.0": Capability(
        seconds=tuple(range(2, 31)),
        resolutions=("480p", "720p", "1080p"),
        ratios=("16:9", "4:3", "1:1", "3:4", "9:16"),
        frames=_FIRST,
        audio=True,
        seed=True,
        prices={
            "duration_seconds_480p": "0.05",
            "duration_seconds_720p": "0.1",
            "duration_seconds_1080p": "0.2",
        },
    ),
    "alibaba/wan-3.0-prime": Capability(
        seconds=tuple(range(2, 31)),
        resolutions=("480p", "720p", "1080p"),
        ratios=("16:9", "4:3", "1:1", "3:4", "9:16"),
        frames=_FIRST,
        audio=True,
        seed=True,
        prices={
            "duration_seconds_480p": "0.068",
            "duration_seconds_720p": "0.14",
            "duration_seconds_1080p": "0.28",
        },
    ),
    "alibaba/wan-2.7": Capability(
        seconds=tuple(range(2, 11)),
        resolutions=("720p", "1080p"),
        ratios=("16:9", "9:16", "1:1", "4:3", "3:4"),
        frames=_BOTH,
        audio=True,
        seed=True,
        prices={"duration_seconds": "0.1"},
    ),
    "alibaba/wan-2.6": Capability(
        seconds=(5, 10),
        resolutions=("720p", "1080p"),
        ratios=("16:9", "9:16"),
        frames=_FIRST,
        audio=True,
        seed=True,
        prices={
            "text_to_video_duration_seconds_480p": "0.04",
            "text_to_video_duration_seconds_720p": "0.08",
            "image_to_video_duration_seconds_720p": "0.10",
            "text_to_video_duration_seconds_1080p": "0.12",
            "image_to_video_duration_seconds_1080p": "0.15",
        },
    ),
    "alibaba/happyhorse-1.1": Capability(
        seconds=tuple(range(3, 16)),
        resolutions=("720p", "1080p"),
        ratios=_SEVEN,
        frames=_FIRST,
        audio=None,
        seed=True,
        prices={"duration_seconds_720p": "0.0988", "duration_seconds_1080p": "0.1278"},
    ),
    "bytedance/seedance-2.5": Capability(
        seconds=tuple(range(4, 31)),
        resolutions=("480p", "720p"),
        ratios=_SIX,
        frames=_BOTH,
        audio=True,
        seed=True,
        prices={
            "video_tokens": "0.0000107",
            "video_tokens_without_audio": "0.0000107",
            "video_tokens_with_video_input": "0.0000064",
        },
    ),
    "bytedance/seedance-2.0": Capability(
        seconds=tuple(range(4, 16)),
        resolutions=("480p", "720p", "1080p", "4K"),
        ratios=_SEVEN,
        frames=_BOTH,
        audio=True,
        seed=True,
        prices={
            "video_tokens": "0.000007",
            "video_tokens_4k": "0.000004",
            "video_tokens_1080p": "0.0000077",
        },
    ),
    "bytedance/seedance-2.0-fast": Capability(
        seconds=tuple(range(4, 16)),
        resolutions=("480p", "720p"),
        ratios=_SEVEN,
        frames=_BOTH,
        audio=True,
        seed=True,
        prices={"video_tokens": "0.0000042", "video_tokens_without_audio": "0.0000042"},
    ),
    "bytedance/seedance-2.0-mini": Capability(
        seconds=tuple(range(4, 16)),
        resolutions=("480p", "720p"),
        ratios=_SEVEN,
        frames=_BOTH,
        audio=True,
        seed=True,
        prices={"video_tokens": "0.0000035", "video_tokens_without_audio": "0.0000035"},
    ),
    "bytedance/seedance-1-5-pro": Capability(
        seconds=tuple(range(4, 13)),
        resolutions=("480p", "720p", "1080p"),
        ratios=_SEVEN,
        frames=_BOTH,
        audio=True,
        seed=True,
        prices={"video_tokens": "0.0000024", "video_tokens_without_audio": "0.0000012"},
    ),
    "black-forest-labs/flux-3-video": Capability(
        seconds=tuple(range(5, 21)),
        resolutions=("720p", "1080p"),
        ratios=_SIX,
        frames=_BOTH,
        audio=True,
        seed=False,
        prices={
            "cents_per_second_output": "17",
            "cents_per_second_output_720p": "17",
            "cents_per_second_output_1080p": "29",
        },
    ),
    "runway/gen-4.5": Capability(
        seconds=tuple(range(2, 11)),
        resolutions=("720p",),
        ratios=("16:9", "9:16"),
        frames=_FIRST,
        audio=False,
        seed=True,
        prices={"cents_per_second_output": "12"},
    ),
    "heygen/heygen-video-1": Capability(
        seconds=tuple(range(5, 16)),
        resolutions=("480p", "768p", "2K"),
        ratios=_SIX,
        frames=_FIRST,
        audio=False,
        seed=True,
        prices={
            "duration_seconds_2k": "0.09",
            "duration_seconds_480p": "0.02",
            "duration_seconds_768p": "0.03",
        },
    ),
}
"""Name at OpenRouter -> what it can do."""
