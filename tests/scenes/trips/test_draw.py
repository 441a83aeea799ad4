"""What a script leaves open is drawn so that it can be played, and the same way each time."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.errors import InputError
from cart.scenes.products.range import Product, products
from cart.scenes.trips.draw import complete, draw_script, draw_still_script
from cart.scenes.trips.script import Script, Step

RANGE = products(80)


def family_with_twins() -> list[Product]:
    families = Counter(p.family for p in RANGE)
    name = next(f for f, count in families.items() if count > 1)
    return [p for p in RANGE if p.family == name]


@given(st.integers(0, 2**32 - 1))
def test_a_drawn_trip_never_takes_what_is_not_there(seed: int) -> None:
    whole = complete(draw_script(seed, 15, RANGE), RANGE)
    inside = Counter(whole.initial)
    for step in whole.steps:
        if step.do in {"remove", "dig"}:
            inside[str(step.product)] -= 1
        elif step.do == "swap":
            inside[str(step.second)] -= 1
            inside[str(step.product)] += 1
        elif step.do == "move":
            assert inside[str(step.product)] > 0
        elif step.do not in {"show", "hand", "bag"}:
            inside.update(p for p in (step.product, step.second) if p is not None)
        assert min(inside.values(), default=0) >= 0
        assert step.hand is not None


def test_the_same_seed_draws_the_same() -> None:
    assert complete(draw_script(5, 20, RANGE), RANGE) == complete(draw_script(5, 20, RANGE), RANGE)
    assert draw_script(5, 20, RANGE) != draw_script(6, 20, RANGE)
    assert draw_still_script(5, 0, RANGE, (480, 360)) != draw_still_script(5, 1, RANGE, (480, 360))


def test_a_product_can_be_called_by_its_name() -> None:
    whole = complete(Script(steps=(Step(do="add", product=RANGE[3].name),)), RANGE)
    assert whole.steps[0].product == RANGE[3].gtin


def test_a_twin_is_another_of_the_same_family() -> None:
    one = family_with_twins()[0]
    whole = complete(Script(steps=(Step(do="add", product=one.gtin), Step(do="add_twin"))), RANGE)
    twin = next(p for p in RANGE if p.gtin == whole.steps[1].product)
    assert twin.family == one.family
    assert twin.gtin != one.gtin


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ((Step(do="add", product="unicorn"),), "step 1 \\(add\\): there is no product 'unicorn'"),
        ((Step(do="remove"),), "step 1 \\(remove\\): the cart is empty then"),
        ((Step(do="show"), Step(do="move")), "step 2 \\(move\\): the cart is empty then"),
        (
            (Step(do="add", product=RANGE[0].gtin), Step(do="remove", product=RANGE[1].gtin)),
            "step 2 \\(remove\\): there is no '.*' in the cart then",
        ),
    ],
)
def test_what_cannot_be_is_refused(steps: tuple[Step, ...], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        complete(Script(steps=steps), RANGE)


def test_wire_carts_alone_are_pushed_along() -> None:
    scripts = [draw_script(seed, 8, RANGE) for seed in range(60)]
    assert {script.cart for script in scripts if script.rolling} == {"wire"}


def test_as_many_shoppers_of_stills_wear_gloves_as_asked_for() -> None:
    worn = [draw_still_script(seed, 0, RANGE, (480, 360), 0.5).gloves for seed in range(200)]
    assert 80 < sum(one != "none" for one in worn) < 120
    assert set(worn) == {"none", "wool", "latex", "leather"}
    assert draw_still_script(5, 0, RANGE, (480, 360)).gloves is None


def test_gloves_change_nothing_else_of_a_still() -> None:
    bare, gloved = (draw_still_script(5, 0, RANGE, (480, 360), share) for share in (0.0, 1.0))
    assert bare.model_copy(update={"gloves": gloved.gloves}) == gloved


def test_nothing_is_taken_from_an_empty_cart_in_stills() -> None:
    for seed in range(3_000_000, 3_000_600):
        complete(draw_still_script(seed, 0, RANGE, (480, 360)), RANGE)


def test_long_trips_bring_no_more_items_than_a_trip_may() -> None:
    for seed in range(12):
        complete(draw_script(seed, 300, RANGE), RANGE)


def test_an_odd_size_is_refused() -> None:
    for draw in (
        lambda: draw_script(1, 10, RANGE, size=(481, 360)),
        lambda: draw_still_script(1, 0, RANGE, (481, 360)),
    ):
        with pytest.raises(InputError, match="width and height must be even"):
            draw()


def test_a_bag_is_laid_into_some_carts_and_onto_no_tray() -> None:
    drawn = [draw_script(seed, 10, RANGE) for seed in range(300)]
    with_bag = [one for one in drawn if any(step.do == "bag" for step in one.steps)]
    assert 4 <= len(with_bag) <= 25
    assert all(one.cart != "tray" and one.steps[0].do == "bag" for one in with_bag)
