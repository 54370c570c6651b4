"""What the apps of fal that the emulator knows take and make, by fal's own types and model pages;
written apart from our catalogue, so that each checks the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from video_foundry.emulators.jobs import Wants

Check = Callable[[Any], bool]
_PRESETS = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
_MOTIONS = {"zoom-out", "zoom-in", "pan-left", "pan-right", "tilt-up", "tilt-down"}
_SHORT_SIDES = {"480p": 480, "512P": 512, "768P": 768, "1080p": 1080, "1440p": 1440, "2160p": 2160}


def _is(*kinds: type) -> Check:
    return lambda value: type(value) in kinds


def _among(*values: Any) -> Check:
    return lambda value: any(type(value) is type(v) and value == v for v in values)


def _between(low: float, high: float, *kinds: type) -> Check:
    return lambda value: type(value) in kinds and low <= value <= high


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://", "data:image/"))


def _is_size(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return value in _PRESETS
    sides = (value.get("width"), value.get("height"))
    return set(value) == {"width", "height"} and all(type(side) is int for side in sides)


def _are_motions(value: Any) -> bool:
    return isinstance(value, list) and set(value) <= _MOTIONS


_TEXT, _SEED, _FLAG, _SHARE = _is(str), _is(int), _is(bool), _between(0, 1, int, float)
_KLING = {"prompt": _TEXT, "negative_prompt": _TEXT, "cfg_scale": _SHARE}
_KLING_2 = {**_KLING, "duration": _among("5", "10")}
_KLING_3 = {
    **_KLING,
    "duration": _among(*(str(n) for n in range(3, 16))),
    "generate_audio": _FLAG,
}
_PIKA = {
    "prompt": _TEXT,
    "negative_prompt": _TEXT,
    "seed": _SEED,
    "duration": _among(5, 10),
    "resolution": _among("720p", "1080p"),
}
_HAILUO = {"prompt": _TEXT, "duration": _among("6", "10"), "prompt_optimizer": _FLAG}
_LTX = {
    "prompt": _TEXT,
    "duration": _among(6, 8, 10),
    "resolution": _among("1080p", "1440p", "2160p"),
    "fps": _among(24, 25, 48, 50),
    "generate_audio": _FLAG,
}
_WAN = {
    "prompt": _TEXT,
    "negative_prompt": _TEXT,
    "seed": _SEED,
    "duration": _between(2, 15, int),
    "resolution": _among("720p", "1080p"),
    "enable_prompt_expansion": _FLAG,
    "enable_safety_checker": _FLAG,
}
_VEO = {
    "prompt": _TEXT,
    "negative_prompt": _TEXT,
    "seed": _SEED,
    "duration": _among("4s", "6s", "8s"),
    "resolution": _among("720p", "1080p", "4k"),
    "generate_audio": _FLAG,
    "auto_fix": _FLAG,
    "safety_tolerance": _among("1", "2", "3", "4", "5", "6"),
}
_FLUX = {
    "prompt": _TEXT,
    "seed": _SEED,
    "image_size": _is_size,
    "num_images": _between(1, 4, int),
    "output_format": _among("jpeg", "png"),
    "guidance_scale": _between(1, 20, int, float),
    "enable_safety_checker": _FLAG,
}
_WIDE, _WIDE_AUTO = _among("16:9", "9:16"), _among("auto", "16:9", "9:16")
_THREE = _among("16:9", "9:16", "1:1")


@dataclass(frozen=True, kw_only=True)
class App:
    """takes: argument -> whether a value is right. needs: arguments without which it refuses.
    defaults: what it does where it is not told. unit_price: USD for each billed unit."""

    takes: Mapping[str, Check]
    needs: tuple[str, ...] = ("prompt",)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    is_picture: bool = False
    unit_price: float = 0.1


def _veo(unit_price: float) -> dict[str, App]:
    rest: dict[str, Any] = {
        "defaults": {"duration": "8s", "resolution": "720p", "generate_audio": True},
        "unit_price": unit_price,
    }
    return {
        "": App(takes={**_VEO, "aspect_ratio": _WIDE}, **rest),
        "/image-to-video": App(
            takes={**_VEO, "aspect_ratio": _WIDE_AUTO, "image_url": _is_address},
            needs=("prompt", "image_url"),
            **rest,
        ),
        "/first-last-frame-to-video": App(
            takes={
                **_VEO,
                "aspect_ratio": _WIDE_AUTO,
                "first_frame_url": _is_address,
                "last_frame_url": _is_address,
            },
            needs=("prompt", "first_frame_url", "last_frame_url"),
            **rest,
        ),
    }


_FROM_PICTURE = ("prompt", "image_url")
APPS: Mapping[str, App] = {
    "fal-ai/kling-video/v2.5-turbo/pro/text-to-video": App(
        takes={**_KLING_2, "aspect_ratio": _THREE}, defaults={"duration": "5"}, unit_price=0.07
    ),
    "fal-ai/kling-video/v2.5-turbo/pro/image-to-video": App(
        takes={**_KLING_2, "image_url": _is_address, "tail_image_url": _is_address},
        needs=_FROM_PICTURE,
        defaults={"duration": "5"},
        unit_price=0.07,
    ),
    "fal-ai/kling-video/v3/pro/text-to-video": App(
        takes={**_KLING_3, "aspect_ratio": _THREE},
        defaults={"duration": "5", "generate_audio": True},
        unit_price=0.168,
    ),
    "fal-ai/kling-video/v3/pro/image-to-video": App(
        takes={**_KLING_3, "start_image_url": _is_address, "end_image_url": _is_address},
        needs=("prompt", "start_image_url"),
        defaults={"duration": "5", "generate_audio": True},
        unit_price=0.168,
    ),
    "fal-ai/pika/v2.2/text-to-video": App(
        takes={
            **_PIKA,
            "aspect_ratio": _among("16:9", "9:16", "1:1", "4:5", "5:4", "3:2", "2:3"),
        },
        defaults={"duration": 5},
        unit_price=0.04,
    ),
    "fal-ai/pika/v2.2/image-to-video": App(
        takes={**_PIKA, "image_url": _is_address},
        needs=_FROM_PICTURE,
        defaults={"duration": 5},
        unit_price=0.04,
    ),
    "fal-ai/minimax/hailuo-02/standard/text-to-video": App(
        takes=_HAILUO, defaults={"duration": "6", "resolution": "768P"}, unit_price=0.045
    ),
    "fal-ai/minimax/hailuo-02/standard/image-to-video": App(
        takes={
            **_HAILUO,
            "resolution": _among("512P", "768P"),
            "image_url": _is_address,
            "end_image_url": _is_address,
        },
        needs=_FROM_PICTURE,
        defaults={"duration": "6", "resolution": "768P"},
        unit_price=0.045,
    ),
    "fal-ai/ltx-2.3/text-to-video": App(
        takes={**_LTX, "aspect_ratio": _WIDE},
        defaults={"duration": 6, "resolution": "1080p", "generate_audio": True},
        unit_price=0.08,
    ),
    "fal-ai/ltx-2.3/image-to-video": App(
        takes={
            **_LTX,
            "aspect_ratio": _WIDE_AUTO,
            "image_url": _is_address,
            "end_image_url": _is_address,
        },
        needs=_FROM_PICTURE,
        defaults={"duration": 6, "resolution": "1080p", "generate_audio": True},
        unit_price=0.06,
    ),
    "fal-ai/wan/v2.7/text-to-video": App(
        takes={**_WAN, "aspect_ratio": _among("16:9", "9:16", "1:1", "4:3", "3:4")},
        defaults={"duration": 5, "resolution": "1080p"},
    ),
    "fal-ai/wan/v2.7/image-to-video": App(
        takes={**_WAN, "image_url": _is_address, "end_image_url": _is_address},
        needs=(),
        defaults={"duration": 5, "resolution": "1080p"},
    ),
    "fal-ai/fast-animatediff/text-to-video": App(
        takes={
            "prompt": _TEXT,
            "negative_prompt": _TEXT,
            "seed": _SEED,
            "num_frames": _between(1, 32, int),
            "num_inference_steps": _between(1, 50, int),
            "guidance_scale": _between(0, 20, int, float),
            "fps": _between(1, 16, int),
            "motions": _are_motions,
            "video_size": _is_size,
        },
        defaults={"num_frames": 16, "fps": 8, "video_size": "square"},
    ),
    "fal-ai/stable-video": App(
        takes={
            "image_url": _is_address,
            "motion_bucket_id": _between(1, 255, int),
            "cond_aug": _between(0, 10, int, float),
            "fps": _between(10, 100, int),
            "seed": _SEED,
        },
        needs=("image_url",),
        defaults={"num_frames": 25, "fps": 25},
        unit_price=0.075,
    ),
    "fal-ai/flux/schnell": App(
        takes={**_FLUX, "num_inference_steps": _between(1, 12, int)},
        defaults={"image_size": "landscape_4_3"},
        is_picture=True,
        unit_price=0.003,
    ),
    "fal-ai/flux/dev": App(
        takes={**_FLUX, "num_inference_steps": _between(1, 50, int)},
        defaults={"image_size": "landscape_4_3"},
        is_picture=True,
        unit_price=0.025,
    ),
    **{f"fal-ai/veo3.1{way}": app for way, app in _veo(0.4).items()},
    **{f"fal-ai/veo3.1/fast{way}": app for way, app in _veo(0.15).items()},
}


def complaints(app: App, body: Any) -> list[dict[str, Any]]:
    """What the app finds wrong with its arguments, in fal's shape. fal itself passes over names
    that it does not know; here they are refused, so that a slip of ours shows."""
    given = body if isinstance(body, Mapping) else {}
    missing = [_issue(n, "Field required", "missing") for n in app.needs if n not in given]
    wrong = [
        _issue(name, "Input should be valid", "value_error")
        for name, value in given.items()
        if name not in app.takes or not app.takes[name](value)
    ]
    return missing + wrong


def wanted(app: App | None, body: Any) -> Wants:
    """What is made of these arguments; five seconds where the app is not known."""
    given = {**(app.defaults if app else {}), **(body if isinstance(body, Mapping) else {})}
    width, height = _size(given)
    seconds = 0.0 if app and app.is_picture else _seconds(given)
    has_sound = given.get("generate_audio") is True
    return Wants(seconds=seconds, width=width, height=height, audio=has_sound)


def _issue(name: str, message: str, kind: str) -> dict[str, Any]:
    url = f"https://docs.fal.ai/errors#{kind}"
    return {"loc": ["body", name], "msg": message, "type": kind, "url": url}


def _seconds(given: Mapping[str, Any]) -> float:
    frames, fps = given.get("num_frames"), given.get("fps")
    if isinstance(frames, int) and isinstance(fps, int) and fps > 0:
        return frames / fps
    told = str(given.get("duration", 5)).removesuffix("s")
    return float(told) if told.isdecimal() else 5.0


def _size(given: Mapping[str, Any]) -> tuple[int, int]:
    told = given.get("image_size", given.get("video_size"))
    if isinstance(told, Mapping) and _is_size(told):
        return told["width"], told["height"]
    if isinstance(told, str) and told in _PRESETS:
        return _PRESETS[told]
    short = _SHORT_SIDES.get(str(given.get("resolution")), 720)
    across, _, down = str(given.get("aspect_ratio", "16:9")).partition(":")
    if not (across.isdecimal() and down.isdecimal() and int(across) and int(down)):
        across, down = "16", "9"
    scale = short / min(int(across), int(down))
    return round(int(across) * scale), round(int(down) * scale)
