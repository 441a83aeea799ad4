"""The cameras that trips are filmed with."""

from traces import Camera

CAMERAS = {
    "15 fps": Camera(),
    "5 fps": Camera(fps=5),
    "looks unknown": Camera(looks=False),
    "weak detections, boxes jitter, items missed": Camera(score=0.45, jitter=2, miss=0.2),
    "false items on hands": Camera(ghost=0.7),
    "motion told late": Camera(lag=0.4),
    "motion unknown": Camera(motion=False),
    "camera shakes": Camera(shake=6),
    "half the frames lost": Camera(drop=0.5, seed=1),
}
FAST = Camera(fps=60)
NO_HANDS = Camera(hands=False)
