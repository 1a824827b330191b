"""What is particular to the dialog for a new policy."""
