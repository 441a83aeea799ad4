"""Arms of shoppers: their shapes and looks, how they reach, and how their hands close on an item."""
