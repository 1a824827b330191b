"""Checkpoints: the page of restore points, and the form that asks for a new one."""
