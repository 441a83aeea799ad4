"""Every setting, once: from the environment (`CART_THREADS=1`) or a file `cart.env` in the working folder."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cart.errors import InputError


class Settings(BaseSettings):
    """What can be set without a flag; flags of the commands win over it."""

    model_config = SettingsConfigDict(env_prefix="CART_", env_file="cart.env", extra="ignore", frozen=True)

    cache: Annotated[
        Path,
        Field(description="Folder in which the embeddings of catalogs are kept."),
    ] = Path(platformdirs.user_cache_dir("smart-cart", appauthor=False))
    threads: Annotated[
        int,
        Field(ge=0, description="Threads for one frame's inference; 0 takes what the processor has."),
    ] = 0
    review_below: Annotated[
        float,
        Field(ge=0, le=1, description="Events less sure than this are marked for review, 0..1."),
    ] = 0.5


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings, read once.

    Raises:
        InputError: a setting has a value that it cannot have.
    """
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = "_".join(str(part) for part in problem["loc"]).upper()
        raise InputError(f"setting CART_{name}: {problem['msg']}") from None
    except UnicodeDecodeError:
        raise InputError("cart.env is not UTF-8 text: save it again as that") from None
