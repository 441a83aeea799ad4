"""Errors that are shown to a person: one line each, saying what is wrong and what to do."""


class CartError(Exception):
    """Any error that `cart` reports as one line, `error: ...`; its text is written for the user."""

    exit_code = 2


class InputError(CartError):
    """Bad arguments, or input that cannot be used at all (exit code 2)."""


class FootageBroken(CartError):
    """The footage broke off before its end; what was seen until then is kept (exit code 1)."""

    exit_code = 1
