import re
from pathlib import Path

import pytest

from cart.errors import InputError
from cart.settings import ServiceSettings, Settings, service_settings, settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
FIELDS = {**Settings.model_fields, **ServiceSettings.model_fields}


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Read the settings anew, in a folder without any."""
    monkeypatch.chdir(tmp_path)
    for name in FIELDS:
        monkeypatch.delenv(f"CART_{name.upper()}", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_no_two_settings_have_one_name():
    assert not Settings.model_fields.keys() & ServiceSettings.model_fields.keys()


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_is_documented_with_its_default(name):
    row = re.search(rf"^\| `CART_{name.upper()}` \| (.*?) \| .+ \|$", PAGE.read_text(), re.MULTILINE)
    assert FIELDS[name].description
    assert row, f"CART_{name.upper()} is not in docs/settings.md"
    if isinstance(FIELDS[name].default, int | float):
        assert float(row.group(1)) == float(FIELDS[name].default)


def test_every_documented_setting_is_one():
    documented = re.findall(r"^\| `CART_(\w+)` \|", PAGE.read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(name.upper() for name in FIELDS)


def test_what_a_command_gives_wins(monkeypatch, tmp_path):
    monkeypatch.setenv("CART_GAP_SECONDS", "5")
    (tmp_path / "cart.env").write_text("CART_REGION=north\n")
    given = service_settings(database="sqlite:///x", catalog=None)
    assert (given.database, given.catalog, given.gap_seconds, given.region) == (
        "sqlite:///x",
        None,
        5,
        "north",
    )


def test_a_wrong_setting_of_the_service_is_refused_in_one_line(monkeypatch):
    monkeypatch.setenv("CART_MAX_BATCH", "0")
    with pytest.raises(InputError, match=r"^setting CART_MAX_BATCH: "):
        service_settings()


def test_every_setting_has_a_default():
    assert settings().threads == 0
    assert settings().cache.is_absolute()


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    (tmp_path / "cart.env").write_text("CART_THREADS=1\nCART_WRONG_LINE_COST=10\nCART_NOT_OURS=1\n")
    monkeypatch.setenv("CART_THREADS", "2")

    assert (settings().threads, settings().review_below) == (2, 0.9)


def test_settings_are_read_once(monkeypatch):
    first = settings()
    monkeypatch.setenv("CART_THREADS", "3")

    assert settings() is first


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CART_THREADS", "many"),
        ("CART_THREADS", "-1"),
        ("CART_WRONG_LINE_COST", "0.5"),
        ("CART_WRONG_LINE_COST", ""),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_one_line(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(InputError, match=f"^setting {name}: ") as caught:
        settings()
    assert "\n" not in str(caught.value)


def test_a_settings_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "cart.env").write_bytes(b"CART_THREADS=\xff\xfe")

    with pytest.raises(InputError, match=r"cart\.env"):
        settings()
