import pytest

torch = pytest.importorskip("torch")

from cart.errors import InputError  # noqa: E402
from cart.training.devices import choose_device, describe_device  # noqa: E402


@pytest.mark.parametrize(("seen", "chosen"), [(True, "cuda"), (False, "cpu")])
def test_a_gpu_is_taken_where_torch_sees_one(monkeypatch, seen, chosen):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: seen)

    assert choose_device() == chosen


def test_what_is_asked_for_is_taken(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    assert choose_device("cpu") == "cpu"


@pytest.mark.parametrize("name", ["cuda:99", "gpu", "0", ""])
def test_a_device_that_is_not_there(name):
    with pytest.raises(InputError, match="torch sees no device"):
        choose_device(name)


def test_a_device_in_words(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "Some GPU")

    assert describe_device("cpu", 2) == "cpu, 2 threads"
    assert describe_device("cpu", 1) == "cpu, 1 thread"
    assert describe_device("cuda:1", 2) == "cuda:1, Some GPU"
