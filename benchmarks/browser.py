"""What a page in Chromium costs while somebody works in it: CPU time a frame, and until a click or
a key shows, on the page's own thread (from a trace, so that a busy machine does not count), wall
time between frames, and how long clicks and keys take until they show by the clock."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.async_api import Browser, CDPSession, Page

Events = list[dict[str, Any]]
CATEGORIES = ("devtools.timeline", "disabled-by-default-devtools.timeline")
PHASES: Mapping[str, str] = {
    "FunctionCall": "scripting",
    "FireAnimationFrame": "scripting",
    "EventDispatch": "scripting",
    "RunMicrotasks": "scripting",
    "MinorGC": "scripting",
    "MajorGC": "scripting",
    "UpdateLayoutTree": "layout",
    "Layout": "layout",
    "PrePaint": "paint",
    "Paint": "paint",
    "Layerize": "paint",
    "Commit": "paint",
}

BEGINS = {"pointerdown", "keydown"}
ENDS = {"click", "keydown"}
"""Events by which an answer begins, and after the last of which the next frame shows it."""

WATCH = """() => {
  const watch = (window.frames_ = { times: [], on: true });
  let last = performance.now();
  const next = (now) => {
    watch.times.push(now - last);
    last = now;
    if (watch.on) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}"""
WATCHED = "() => { frames_.on = false; return frames_.times }"
INTERACTIONS = """() => {
  window.interactions_ = {};
  new PerformanceObserver((list) => {
    for (const { interactionId: id, duration } of list.getEntries())
      if (id) interactions_[id] = Math.max(interactions_[id] ?? 0, duration);
  }).observe({ type: 'event', durationThreshold: 16 });
}"""


@dataclass(frozen=True, kw_only=True)
class Frames:
    """While something was done. cpu: ms that the page's thread worked, frame by frame. wall: ms
    between frames. phases: ms a frame of it, on average."""

    cpu: Sequence[float]
    wall: Sequence[float]
    phases: Mapping[str, float]


def share(values: Sequence[float], part: float) -> float:
    """The value below which this part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


async def frames_while(
    browser: Browser, page: Page, doing: Callable[[], Awaitable[None]]
) -> Frames:
    """What frames cost while something is done."""
    wall: list[float] = []

    async def watched() -> None:
        await page.evaluate(WATCH)
        await doing()
        wall.extend(await page.evaluate(WATCHED))

    return _frames(await _traced(browser, watched), wall)


async def answers_while(browser: Browser, doing: Callable[[], Awaitable[None]]) -> list[float]:
    """Ms of the page's thread from each click and key until the frame that shows what it did."""
    return _answers(await _traced(browser, doing))


async def _traced(browser: Browser, doing: Callable[[], Awaitable[None]]) -> Events:
    session = await browser.new_browser_cdp_session()
    events: Events = []
    ended = asyncio.Event()
    session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    session.on("Tracing.tracingComplete", lambda _: ended.set())
    await _begin(session)
    await doing()
    await session.send("Tracing.end")
    await ended.wait()
    await session.detach()
    return events


async def _begin(session: CDPSession) -> None:
    config = {"includedCategories": list(CATEGORIES)}
    await session.send("Tracing.start", {"traceConfig": config, "transferMode": "ReportEvents"})


def _frames(events: Events, wall: Sequence[float]) -> Frames:
    """The page's thread is the one that the watch's frames are fired on."""
    fired = Counter(_thread(e) for e in events if e["name"] == "FireAnimationFrame")
    [(thread, _)] = fired.most_common(1)
    own = sorted((e for e in events if _thread(e) == thread), key=lambda e: float(e["ts"]))
    begins = [e["ts"] for e in own if e["name"] == "FireAnimationFrame"]
    cpu = [0.0] * len(begins)
    frame = 0
    for task in (e for e in own if e["name"] == "RunTask" and e["ph"] == "X"):
        middle = task["ts"] + task["dur"] / 2
        while frame + 1 < len(begins) and begins[frame + 1] <= middle:
            frame += 1
        cpu[frame] += _cpu(task)
    phases = {name: ms / len(begins) for name, ms in _phases(own).items()}
    return Frames(cpu=cpu, wall=wall, phases=phases)


def _answers(events: Events) -> list[float]:
    """Clicks and keys arrive on the page's thread; between two of them, what counts is up to the
    frame after the last event of the first."""
    told = [e for e in events if e["name"] == "EventDispatch" and _type(e) in BEGINS | ENDS]
    [(thread, _)] = Counter(_thread(e) for e in told).most_common(1)
    own = [e for e in events if _thread(e) == thread]
    tasks = [e for e in own if e["name"] == "RunTask" and e["ph"] == "X"]
    frames = [e["ts"] for e in own if e["name"] == "Commit"]
    begins = sorted(e["ts"] for e in told if _type(e) in BEGINS)
    found = []
    for begin, end in pairwise([*begins, float("inf")]):
        acts = [e for e in told if begin <= e["ts"] < end and _type(e) in ENDS]
        last = max((e["ts"] + e["dur"] for e in acts), default=begin)
        shown = min((at for at in frames if last <= at < end), default=end)
        within = (e for e in tasks if begin <= e["ts"] + e["dur"] and e["ts"] <= shown)
        found.append(sum(_cpu(e) for e in within))
    return found


def _type(event: Mapping[str, Any]) -> str:
    return str(event.get("args", {}).get("data", {}).get("type", ""))


def _thread(event: Mapping[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]


def _cpu(event: Mapping[str, Any]) -> float:
    """Ms of the thread's time, which stands still while others have the core."""
    return float(event.get("tdur", event.get("dur", 0))) / 1000


def _phases(own: Events) -> dict[str, float]:
    """Ms by phase; what happens within another phase, such as a forced layout, counts once."""
    spent: defaultdict[str, float] = defaultdict(float)
    within: Events = []
    for event in own:
        if event["ph"] != "X" or event["name"] not in PHASES:
            continue
        while within and within[-1]["ts"] + within[-1]["dur"] <= event["ts"]:
            within.pop()
        spent[PHASES[event["name"]]] += _cpu(event)
        if within:
            spent[PHASES[within[-1]["name"]]] -= _cpu(event)
        within.append(event)
    return spent


async def watch_interactions(page: Page) -> None:
    """From now on, how long each click and key takes until the page shows what it did."""
    await page.evaluate(INTERACTIONS)


async def interactions(page: Page) -> list[float]:
    """Ms of the interactions that took 16 ms or more, since they are watched."""
    await page.wait_for_timeout(500)
    found: list[float] = await page.evaluate("() => Object.values(interactions_)")
    return found
