"""Networks at a URL: a manifest says where each is, and its SHA-256 without which it is not touched.

    {"detector": {"url": "detector.onnx", "sha256": "9f86d0..."}, "embedder": {"url": ..., "sha256": ...}}

Either may be missing. URLs may be relative to the manifest's own. A network is kept in the user's cache,
under its checksum.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import httpx
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from cart.errors import InputError
from cart.vision.footage.container import shown
from cart.vision.live.rollout.offer import Check, Offer, Part, Refused, Unavailable

SECONDS = 60.0
"""From one look to the next."""

LARGEST = 200_000_000
"""Bytes of a network."""

_LARGEST_MANIFEST = 64_000
_CHUNK = 65_536
_TIMEOUT = httpx.Timeout(5.0, connect=3.0)


class _Network(BaseModel):
    url: str
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{64}$", to_lower=True)]


class _Networks(BaseModel):
    detector: _Network | None = Field(default=None)
    embedder: _Network | None = Field(default=None)


class Manifest:
    """Watches a manifest over HTTP.

    Args:
        url: of the manifest; may hold a user name and a password, which are never shown.
        cache: folder in which networks are kept.
        seconds: from one look to the next.
        largest: bytes that a network may have.

    Raises:
        InputError: the URL is none of a manifest.
    """

    def __init__(self, url: str, cache: Path, seconds: float = SECONDS, largest: int = LARGEST) -> None:
        self.name = shown(url)
        self.seconds = seconds
        self._cache = cache
        self._largest = largest
        checked = _web_address(url)
        if checked is None:
            raise InputError(f"{self.name} is no address of models: it starts with http:// or https://")
        self._url = checked

    def offers(self, check: Check) -> list[Offer]:
        """Return the networks that the manifest names.

        Raises:
            Unavailable: it cannot be reached, or is no manifest.
        """
        content = b""
        with _opened(self._url) as chunks:
            for chunk in chunks:
                check()
                content += chunk
                if len(content) > _LARGEST_MANIFEST:
                    raise Unavailable(f"{self.name} is too large for a manifest of models")
        try:
            named = _Networks.model_validate_json(content)
        except ValidationError:
            raise Unavailable(
                f'{self.name} is no manifest of models, like {{"detector": {{"url": ..., "sha256": ...}}}}'
            ) from None
        parts: tuple[tuple[Part, _Network | None], ...] = (
            ("detector", named.detector),
            ("embedder", named.embedder),
        )
        return [self._offer(part, network) for part, network in parts if network is not None]

    def _offer(self, part: Part, network: _Network) -> Offer:
        url = _web_address(network.url, self._url)
        if url is None:
            raise Unavailable(f"{self.name} names no address of a web server for the {part}")
        version = f"{part}-{network.sha256[:8]}"
        return Offer(part, shown(str(url)), version, partial(self._fetch, part, url, network.sha256))

    def _fetch(self, part: Part, url: httpx.URL, sha256: str, check: Check) -> Path:
        """Return a network's file, from the cache where it is there, unharmed."""
        file = self._cache / sha256 / f"{part}.onnx"
        try:
            if not (file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == sha256):
                file.parent.mkdir(parents=True, exist_ok=True)
                self._download(url, sha256, file, check)
        except OSError as error:
            raise Unavailable(
                f"cannot keep models in {self._cache} ({error.strerror}): set CART_CACHE to another folder"
            ) from None
        return file

    def _download(self, url: httpx.URL, sha256: str, file: Path, check: Check) -> None:
        """Write a network to its place in one step, once its checksum has turned out right."""
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".tmp")
        temporary = Path(name)
        digest, size = hashlib.sha256(), 0
        try:
            with os.fdopen(handle, "wb") as stream, _opened(url) as chunks:
                for chunk in chunks:
                    check()
                    digest.update(chunk)
                    size += stream.write(chunk)
                    if size > self._largest:
                        raise Refused(f"{shown(str(url))} is larger than {self._largest} bytes")
            if digest.hexdigest() != sha256:
                raise Refused(f"{shown(str(url))} has another checksum than {self.name} says")
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def _opened(url: httpx.URL) -> Iterator[Iterator[bytes]]:
    """Ask for a file and give its content piece by piece."""
    name = shown(str(url))
    try:
        plain = {"Accept-Encoding": "identity"}
        with httpx.stream("GET", url, headers=plain, timeout=_TIMEOUT) as answer:
            if answer.status_code != httpx.codes.OK:
                raise Unavailable(f"{name} answers with status {answer.status_code}: check the address")
            yield answer.iter_bytes(_CHUNK)
    except (httpx.HTTPError, UnicodeError):  # the latter of a host's name that is too long
        raise Unavailable(f"{name} cannot be reached: check the address and the network") from None


def _web_address(text: str, base: httpx.URL | None = None) -> httpx.URL | None:
    """Return an absolute HTTP address; None where the text is something else."""
    try:
        url = httpx.URL(text) if base is None else base.join(text)
    except (httpx.InvalidURL, ValueError):
        return None
    return url if url.scheme in ("http", "https") and url.host else None
