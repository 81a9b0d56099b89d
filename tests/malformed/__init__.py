"""Files that are no plans, and the one message each is refused with."""
