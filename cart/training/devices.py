"""Where a training computes."""

from cart.errors import InputError


def choose_device(asked: str | None = None) -> str:
    """Return the device to train on: the one asked for, else a GPU where torch sees one, else the CPU.

    Args:
        asked: by torch's name: cpu, cuda, cuda:1, mps.

    Raises:
        InputError: torch does not know it, or does not see one here.
    """
    import torch  # noqa: PLC0415  (asking for help must not load it)

    if asked is None:
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=asked)
    except (RuntimeError, AssertionError, ValueError, NotImplementedError) as error:
        raise InputError(f"torch sees no device {asked!r} here: leave --device out, or give cpu") from error
    return asked


def describe_device(device: str, threads: int) -> str:
    """Return the device in words, such as "cpu, 2 threads"."""
    import torch  # noqa: PLC0415

    if device.startswith("cuda"):
        return f"{device}, {torch.cuda.get_device_name(device)}"
    return f"{device}, {threads} thread{'s' if threads > 1 else ''}"
