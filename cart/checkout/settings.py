"""Every setting of the tally service, from the environment (`CART_...`) or from `cart serve`."""

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_database() -> str:
    """Return the URL of the SQLite file in the user's data folder."""
    return f"sqlite:///{user_data_path('smart-cart') / 'tally.sqlite3'}"


class ServiceSettings(BaseSettings):
    """Settings of `cart serve`."""

    model_config = SettingsConfigDict(env_prefix="CART_", use_attribute_docstrings=True)

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
