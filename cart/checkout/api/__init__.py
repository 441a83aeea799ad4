"""The REST API of the tally service, a file per noun."""
