"""Draw the app's icons from the numbers of static/img/icon.svg.

    python -m tools.make_icons

Browsers install apps by PNG only. The SVG is so simple that Pillow draws it: circles and lines with
round ends. A maskable icon fills its square and keeps the figure inside the middle four fifths.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

FOLDER: Final = Path(__file__).resolve().parent.parent / "static" / "img"
OVERSAMPLING: Final = 4
VIEW: Final = 64.0
SAFE: Final = 0.72

Point = tuple[float, float]


def polylines(path: str) -> list[list[Point]]:
    """Read an SVG path of M, l, V and v, as icon.svg has it: points from the top left corner."""
    lines: list[list[Point]] = []
    x = y = 0.0
    for command, numbers in re.findall(r"([MlVv])([^MlVv]*)", path):
        values = [float(value) for value in re.findall(r"-?\d+(?:\.\d+)?", numbers)]
        if command == "M":
            x, y = values
            lines.append([(x, y)])
        elif command == "l":
            for dx, dy in zip(values[::2], values[1::2], strict=True):
                x, y = x + dx, y + dy
                lines[-1].append((x, y))
        else:
            y = values[0] if command == "V" else y + values[0]
            lines[-1].append((x, y))
    return lines


def draw(size: int, *, maskable: bool = False, opaque: bool = False) -> Image.Image:
    """Draw the icon, ``size`` pixels wide; opaque ones have no rounded corners."""
    svg = (FOLDER / "icon.svg").read_text()
    number = r"([\d.]+)"
    ground = re.search(rf'<rect[^>]*rx="{number}" fill="(#\w+)"', svg)
    stroke = re.search(rf'stroke="(#\w+)" stroke-width="{number}"', svg)
    head = re.search(rf'<circle cx="{number}" cy="{number}" r="{number}"', svg)
    body = re.search(r'<path d="([^"]+)"', svg)
    if not (ground and stroke and head and body):
        raise ValueError("icon.svg has another structure than this tool draws")
    pixels = size * OVERSAMPLING
    image = Image.new("RGBA", (pixels, pixels), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    radius = 0.0 if maskable or opaque else float(ground[1]) * pixels / VIEW
    pen.rounded_rectangle((0, 0, pixels - 1, pixels - 1), radius, fill=ground[2])
    scale = pixels / VIEW * (SAFE if maskable else 1.0)

    def at(point: Point) -> Point:
        return (
            pixels / 2 + (point[0] - VIEW / 2) * scale,
            pixels / 2 + (point[1] - VIEW / 2) * scale,
        )

    colour, half = stroke[1], float(stroke[2]) / 2 * scale

    def disc(point: Point, r: float, fill: str) -> None:
        x, y = at(point)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=fill)

    for line in polylines(body[1]):
        pen.line([at(point) for point in line], fill=colour, width=round(2 * half))
        for point in line:
            disc(point, half, colour)
    centre, r = (float(head[1]), float(head[2])), float(head[3]) * scale
    disc(centre, r + half, colour)
    disc(centre, r - half, ground[2])
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    draw(192).save(FOLDER / "icon-192.png", optimize=True)
    draw(512).save(FOLDER / "icon-512.png", optimize=True)
    draw(512, maskable=True).save(FOLDER / "icon-maskable-512.png", optimize=True)
    # iOS rounds the corners itself and shows black where there is nothing.
    draw(180, opaque=True).save(FOLDER / "icon-180.png", optimize=True)


if __name__ == "__main__":
    main()
