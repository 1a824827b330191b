"""Backups: the page, sharing, and the forms that restore, replicate, rename and delete them."""
