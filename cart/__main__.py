"""The command `cart`, with a plain word where a system library is missing."""

import sys

_SYSTEM_LIBRARIES = "sudo apt-get install -y libgl1 libglib2.0-0"


def main() -> None:
    """Run the command line."""
    try:
        import cv2  # noqa: F401, PLC0415  (may not load for want of a system library)
    except ImportError as reason:
        print(f"error: OpenCV cannot load ({reason}); type: {_SYSTEM_LIBRARIES}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    from cart.cli import run  # noqa: PLC0415  (only once cv2 is known to load)

    run()


if __name__ == "__main__":
    main()
