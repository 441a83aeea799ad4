import pytest

from cart.errors import InputError
from cart.settings import Settings, settings


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Read the settings anew, in a folder without any."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CART_{name.upper()}", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is_for(name):
    assert Settings.model_fields[name].description


def test_every_setting_has_a_default():
    assert settings().threads == 0
    assert settings().cache.is_absolute()


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    (tmp_path / "cart.env").write_text("CART_THREADS=1\nCART_REVIEW_BELOW=0.25\nCART_NOT_OURS=1\n")
    monkeypatch.setenv("CART_THREADS", "2")

    assert (settings().threads, settings().review_below) == (2, 0.25)


def test_settings_are_read_once(monkeypatch):
    first = settings()
    monkeypatch.setenv("CART_THREADS", "3")

    assert settings() is first


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CART_THREADS", "many"),
        ("CART_THREADS", "-1"),
        ("CART_REVIEW_BELOW", "1.5"),
        ("CART_REVIEW_BELOW", ""),
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
