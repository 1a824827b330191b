"""What a vault, a checkpoint, a task and an intent are: plain values and their rules."""
