"""API keys: kept hashed, made for a scope, revoked."""

import pytest

from cart.checkout.problems import Conflict, Forbidden, Invalid
from cart.checkout.service.keys import Caller, admit_shopper, first_admin, list_keys, make_key, revoke_key
from cart.errors import InputError


def test_keys_are_kept_hashed_and_made_for_a_scope(shop) -> None:
    with shop.service.work() as work:
        key_id, key = make_key(work, "cart", "cart-7", "seven")
        (row,) = list_keys(work)
        assert (row["id"], row["role"], row["scope"], row["label"]) == (key_id, "cart", "cart-7", "seven")
        stored = work.tx.exec_driver_sql("SELECT * FROM api_keys").all()
        assert key not in str(stored)
        assert len(key) == 43
        for role, scope in (("admin", "x"), ("till", None)):
            with pytest.raises(InputError):
                make_key(work, role, scope)
        with pytest.raises(InputError, match="no key nothing is in use"):
            revoke_key(work, "nothing")


def test_the_first_start_makes_one_admin_key(shop) -> None:
    with shop.service.work() as work:
        assert first_admin(work)
        assert first_admin(work) is None


def test_a_shopper_s_token_is_long_and_new(shop) -> None:
    with shop.service.work() as work:
        admit_shopper(work, "trip", "a" * 43)
        for token, problem in (("a" * 43, Conflict), ("short", Invalid)):
            with pytest.raises(problem):
                admit_shopper(work, "other", token)


def test_a_till_may_not_touch_another_store() -> None:
    Caller("1", "till", "s1").require_store("s1")
    for caller in (Caller("1", "till", "s2"), Caller("1", "cart", "s1")):
        with pytest.raises(Forbidden):
            caller.require_store("s1")
