"""Cart events to the tally service, whatever the network does."""
