"""CBR Desktop: a desktop program for operators of Cloud Backup and Recovery vaults."""

__version__ = "0.1.0"
