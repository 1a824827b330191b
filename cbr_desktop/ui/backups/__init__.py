"""What is particular to the dialogs on backups."""
