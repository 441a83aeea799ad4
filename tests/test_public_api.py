import cart


def test_what_the_package_offers_is_pinned():
    assert sorted(cart.__all__) == [
        "CartError",
        "CartEvent",
        "FootageBroken",
        "InputError",
        "Options",
        "process",
    ]


def test_everything_offered_is_there_and_documented():
    assert all(getattr(cart, name).__doc__ for name in cart.__all__)


def test_nothing_else_is_found():
    assert not hasattr(cart, "Nonsense")


def test_the_errors_are_a_tree_with_the_exit_codes_of_the_command():
    assert issubclass(cart.InputError, cart.CartError)
    assert issubclass(cart.FootageBroken, cart.CartError)
    assert (cart.InputError.exit_code, cart.FootageBroken.exit_code) == (2, 1)
