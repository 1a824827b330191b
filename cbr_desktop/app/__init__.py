"""The composition root: introduces the rooms to each other, opens the house and closes it."""
