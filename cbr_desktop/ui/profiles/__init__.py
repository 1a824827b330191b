"""Profiles on the screen: making, changing, testing and taking them over, all without a network."""
