"""Furniture as silhouettes, drawn into a mask; rooms choose and place it."""

import math

import numpy as np

from video_foundry.adapters.models.storyboard.stage import Brush

FLOOR = 0.24
"""Where the back wall meets the floor."""


def table(brush: Brush, x: float, unit: float) -> None:
    """A table with a cup and a sprig, and two chairs."""
    top, half = 0.27, 0.27 * unit
    brush.rounded((x - half, top, x + half, top + 0.016), 0.006)
    for side in (-1, 1):
        brush.polygon(
            [
                (x + side * half * 0.9, top),
                (x + side * half * 0.82, top),
                (x + side * half * 0.9, 0.49),
                (x + side * half * 0.94, 0.49),
            ]
        )
        chair(brush, x + side * half * 1.25, 0.49, 0.30 * unit, -side)
    brush.polygon(
        [(x - 0.022, top - 0.045), (x + 0.022, top - 0.045), (x + 0.017, top), (x - 0.017, top)]
    )
    brush.ellipse(x + 0.09, top - 0.02, 0.026, 0.022)
    brush.line([(x + 0.09, top - 0.03), (x + 0.088, top - 0.12)], 0.0028)
    brush.line([(x + 0.088, top - 0.07), (x + 0.108, top - 0.105)], 0.0025)
    for dx, dy in ((0.088, -0.125), (0.110, -0.108), (0.078, -0.1)):
        brush.ellipse(x + dx, top + dy, 0.011, 0.011)


def chair(brush: Brush, x: float, y: float, height: float, side: float) -> None:
    """A chair that faces one side."""
    half = height * 0.24
    seat = y - height * 0.48
    brush.rounded((x - half, seat, x + half, seat + height * 0.05), 0.004)
    back = x - side * half * 0.95
    brush.line([(back, y), (back - side * height * 0.05, y - height)], height * 0.045)
    brush.line([(x + side * half * 0.9, y), (x + side * half * 0.9, seat)], height * 0.045)
    for part in (0.95, 0.8, 0.66):
        brush.line(
            [
                (back - side * height * 0.05 * part, y - height * part),
                (back - side * height * 0.05 * part + side * half * 0.25, y - height * part),
            ],
            height * 0.035,
        )


def sofa(brush: Brush, x: float, unit: float) -> None:
    """A sofa and a standing lamp."""
    half, y = 0.34 * unit, 0.46
    brush.rounded((x - half, y - 0.24 * unit, x + half, y - 0.03), 0.035 * unit)
    for side in (-1, 1):
        left = x + side * half * 0.98 - 0.05 * unit
        brush.rounded((left, y - 0.18 * unit, left + 0.1 * unit, y - 0.02), 0.04 * unit)
        brush.box(
            x + side * half * 0.85 - 0.008, y - 0.03, x + side * half * 0.85 + 0.008, y + 0.01
        )
    lamp = x + half * 1.35
    brush.line([(lamp, y), (lamp, y - 0.42 * unit)], 0.006)
    brush.ellipse(lamp, y, 0.05 * unit, 0.008)
    brush.polygon(
        [
            (lamp - 0.05 * unit, y - 0.40 * unit),
            (lamp - 0.03 * unit, y - 0.5 * unit),
            (lamp + 0.03 * unit, y - 0.5 * unit),
            (lamp + 0.05 * unit, y - 0.40 * unit),
        ]
    )


def desk(brush: Brush, x: float, unit: float) -> None:
    """A desk with screen, lamp and chair."""
    top, half = 0.25, 0.33 * unit
    brush.rounded((x - half, top, x + half, top + 0.02), 0.006)
    brush.box(x - half * 0.95, top, x - half * 0.9, 0.5)
    brush.box(x + half * 0.55, top, x + half * 0.95, 0.46)
    brush.rounded((x - 0.13 * unit, top - 0.17 * unit, x + 0.13 * unit, top - 0.02), 0.008)
    brush.polygon(
        [(x - 0.015, top - 0.03), (x + 0.015, top - 0.03), (x + 0.03, top), (x - 0.03, top)]
    )
    lamp = x + half * 0.75
    brush.line(
        [(lamp, top), (lamp + 0.03, top - 0.10 * unit), (lamp - 0.04, top - 0.19 * unit)], 0.006
    )
    brush.polygon(
        [
            (lamp - 0.02, top - 0.2 * unit),
            (lamp - 0.075, top - 0.2 * unit),
            (lamp - 0.085, top - 0.15 * unit),
            (lamp - 0.035, top - 0.165 * unit),
        ]
    )
    chair(brush, x - half * 0.25, 0.51, 0.36 * unit, 1)


def bed(brush: Brush, x: float, unit: float) -> None:
    """A bed seen from its side."""
    half = 0.32 * unit
    brush.rounded((x - half, 0.13, x - half * 0.9, 0.40), 0.01)
    brush.rounded((x - half * 0.95, 0.24, x + half, 0.36), 0.03)
    brush.rounded((x - half * 0.88, 0.185, x - half * 0.4, 0.26), 0.03)
    brush.box(x - half, 0.34, x + half * 0.98, 0.385)


def shelves(brush: Brush, x: float, unit: float) -> None:
    """Bookshelves, nearly full."""
    half = 0.17 * unit
    rng = np.random.default_rng(7)
    brush.box(x - half, -0.36, x - half + 0.01, FLOOR + 0.05)
    brush.box(x + half - 0.01, -0.36, x + half, FLOOR + 0.05)
    for row in range(6):
        y = -0.25 + row * 0.105
        brush.box(x - half, y, x + half, y + 0.008)
        at = x - half + 0.012
        while at < x + half - 0.03:
            wide = float(rng.uniform(0.008, 0.02))
            if rng.random() < 0.86:
                brush.box(at, y - float(rng.uniform(0.05, 0.088)), at + wide - 0.002, y)
            at += wide


def plant(brush: Brush, chance: np.random.Generator, x: float, y: float, size: float) -> None:
    """A potted plant with long leaves."""
    brush.polygon(
        [
            (x - size * 0.17, y - size * 0.32),
            (x + size * 0.17, y - size * 0.32),
            (x + size * 0.12, y),
            (x - size * 0.12, y),
        ]
    )
    for leaf in range(11):
        angle = (leaf - 5) * 0.23 + float(chance.normal(0, 0.08))
        tall = size * float(chance.uniform(0.6, 1.0))
        points = []
        for step in range(9):
            part = step / 8
            bend = angle * (0.5 + part * 0.9)
            points.append(
                (
                    x + math.sin(bend) * tall * part,
                    y - size * 0.3 - math.cos(bend) * tall * part,
                    math.sin(part * math.pi) * size * 0.055,
                )
            )
        brush.polygon(
            [
                *[(px - w, py) for px, py, w in points],
                *[(px + w, py) for px, py, w in reversed(points)],
            ]
        )
