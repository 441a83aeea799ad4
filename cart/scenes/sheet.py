"""Contact sheets: many pictures on one, to look at."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from cart.errors import InputError
from cart.scenes.geometry import Bytes

_CELL = 320  # pixels across
_COLORS = ((80, 220, 80), (60, 140, 255))  # hand, item; blue, green, red


def write_sheet(source: Path, out: Path, columns: int, rows: int, seed: int, *, boxes: bool = False) -> None:
    """Write a sheet of random stills of a folder, one of each scene first, or of a video's frames evenly.

    Args:
        source: a folder with `images/*.jpg` (and `labels/*.txt`), or a video.
        out: the picture to write.
        columns: pictures side by side.
        rows: pictures below each other.
        seed: draws the stills.
        boxes: draw the stills' labels.

    Raises:
        InputError: there is nothing to show, or the sheet cannot be written.
    """
    pictures = (
        _stills(source, columns * rows, seed, boxes) if source.is_dir() else _frames(source, columns * rows)
    )
    cells = [_cell(picture) for picture in pictures]
    if not cells:
        raise InputError(f"there are no pictures in {source}: give a folder of stills, or a video")
    height = max(cell.shape[0] for cell in cells)
    sheet = np.full((rows * height, columns * _CELL, 3), 32, np.uint8)
    for k, cell in enumerate(cells):
        y, x = k // columns * height, k % columns * _CELL
        sheet[y : y + cell.shape[0], x : x + _CELL] = cell
    try:
        written = cv2.imwrite(str(out), sheet)
    except cv2.error:
        written = False
    if not written:
        raise InputError(f"cannot write {out}: give a .png or .jpg file in a folder that exists")


def _stills(folder: Path, count: int, seed: int, boxes: bool) -> Iterator[Bytes]:
    files = sorted((folder / "images").glob("*.jpg"))
    drawn = [files[k] for k in np.random.default_rng(seed).permutation(len(files))]
    first = {file.stem.split("_")[0]: file for file in reversed(drawn)}
    ranked = sorted(drawn, key=lambda file: file != first[file.stem.split("_")[0]])
    for file in sorted(ranked[:count]):
        picture = np.asarray(cv2.imread(str(file)), np.uint8)
        if boxes:
            _draw(picture, (folder / "labels" / f"{file.stem}.txt").read_text())
        yield picture


def _frames(video: Path, count: int) -> Iterator[Bytes]:
    from cart.vision.footage import open_footage  # noqa: PLC0415  (keeps the drawing of stills free of decoding)

    frames = [frame.image for frame in open_footage(str(video))]
    for k in np.linspace(0, len(frames) - 1, min(count, len(frames))).astype(int):
        yield np.asarray(frames[k], np.uint8)


def _cell(picture: Bytes) -> Bytes:
    height = round(picture.shape[0] * _CELL / picture.shape[1])
    return np.asarray(cv2.resize(picture, (_CELL, height), interpolation=cv2.INTER_AREA), np.uint8)


def _draw(picture: Bytes, labels: str) -> None:
    height, width = picture.shape[:2]
    for line in labels.splitlines():
        kind, x, y, w, h = (float(value) for value in line.split())
        low = (round((x - w / 2) * width), round((y - h / 2) * height))
        high = (round((x + w / 2) * width), round((y + h / 2) * height))
        cv2.rectangle(picture, low, high, _COLORS[int(kind)], 2)
