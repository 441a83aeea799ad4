"""The cameras that trips are filmed with."""

from traces import Camera

CAMERAS = {
    "15 fps": Camera(),
    "5 fps": Camera(fps=5),
    "looks unknown": Camera(looks=False),
    "weak detections, boxes jitter": Camera(score=0.45, jitter=2),
    "items missed": Camera(miss=0.2, jitter=1),
    "half of 30 fps lost": Camera(fps=30, drop=0.5, seed=3),
}
NO_HANDS = Camera(hands=False)
