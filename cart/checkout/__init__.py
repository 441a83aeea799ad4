"""Cart events to tally, prices and receipts."""
