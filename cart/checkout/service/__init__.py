"""The use cases of the tally service: one a function, in the transaction that it is given."""
