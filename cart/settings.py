"""Every setting, once: from the environment (`CART_THREADS=1`) or a file `cart.env` in the working folder.

`docs/settings.md` lists them; a test holds the page to this file. Flags of the commands win over settings.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_cache_path, user_data_path, user_state_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cart.errors import InputError


class _FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="CART_", env_file="cart.env", extra="ignore", frozen=True, use_attribute_docstrings=True
    )


class Settings(_FromEnvironment):
    """Settings of what looks at footage."""

    cache: Path = Field(default_factory=lambda: user_cache_path("smart-cart", appauthor=False))
    """Folder in which the embeddings of catalogs, and models from the network, are kept."""
    models: str | None = None
    """Folder or URL from which a running `cart webcam` takes new models, as --models."""
    threads: int = Field(0, ge=0)
    """Threads for one frame's inference; 0 takes what the processor has."""
    wrong_line_cost: float = Field(3.0, ge=1)
    """What a wrong line costs, in questions to the shopper: at 10, events less than 0.9 sure are reviewed."""
    key: SecretStr | None = None
    """API key of the cart, for --to; `cart keys make cart ID` makes one."""
    outbox: Path = Field(
        default_factory=lambda: user_state_path("smart-cart", appauthor=False) / "outbox.sqlite3"
    )
    """File in which events wait until the tally service has answered."""
    data: Path = Field(default_factory=lambda: user_cache_path("smart-cart", appauthor=False) / "data")
    """Folder of what `cart scenes` makes: the render environment, trips, stills."""
    scenes_python: Path | None = None
    """Python of a render environment made by hand, instead of that of `cart scenes setup`."""

    @property
    def review_below(self) -> float:
        """Confidence, 0..1, under which to ask costs less than what is expected to go wrong without."""
        return 1 - 1 / self.wrong_line_cost


def default_database() -> str:
    """Return the URL of the SQLite file in the user's data folder."""
    return f"sqlite:///{user_data_path('smart-cart') / 'tally.sqlite3'}"


class ServiceSettings(_FromEnvironment):
    """Settings of the tally service, `cart serve`."""

    database: str = Field(default_factory=default_database)
    """Database URL: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME."""
    catalog: Path | None = None
    """A catalog folder to load into the default region at the start."""
    region: str = "default"
    """The region that the catalog folder's prices are for."""
    gap_seconds: float = Field(30.0, ge=0)
    """How long events wait for a missing one before they are applied without it."""
    abandon_seconds: float = Field(7200.0, gt=0)
    """A session in which nothing happens for so long is abandoned."""
    silent_seconds: float = Field(300.0, gt=0)
    """A cart that sends nothing for so long is listed as silent."""
    future_seconds: float = Field(300.0, ge=0)
    """An event dated further in the future than this is refused."""
    evidence_days: float = Field(30.0, ge=0)
    """Days after payment, or abandonment, after which pictures are deleted."""
    idempotency_hours: float = Field(24.0, gt=0)
    """How long an Idempotency-Key is remembered."""
    rate_per_second: int = Field(100, ge=1)
    """Requests a second that a key may make, in each process."""
    max_body_bytes: int = Field(4_000_000, ge=1024)
    """Largest request body."""
    max_batch: int = Field(2000, ge=1)
    """Most events in one request."""
    upkeep_seconds: float = Field(5.0, gt=0)
    """How often gaps, abandoned sessions and old pictures are looked for."""
    key_cache_seconds: float = Field(5.0, ge=0)
    """How long a process trusts a key that it has checked; a revoked key is refused after this time."""


_Read = TypeVar("_Read", bound=_FromEnvironment)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings, read once.

    Raises:
        InputError: a setting has a value that it cannot have.
    """
    return _read(Settings)


def service_settings(**given: Any) -> ServiceSettings:
    """Return the service's settings; those given that are not None win over the environment.

    Raises:
        InputError: a setting has a value that it cannot have.
    """
    return _read(ServiceSettings, **{name: value for name, value in given.items() if value is not None})


def _read(kind: type[_Read], **given: Any) -> _Read:
    try:
        return kind(**given)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = "_".join(str(part) for part in problem["loc"]).upper()
        raise InputError(f"setting CART_{name}: {problem['msg']}") from None
    except UnicodeDecodeError:
        raise InputError("cart.env is not UTF-8 text: save it again as that") from None
