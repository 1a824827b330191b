"""Every sentence for people, for window and command line alike. No Qt."""
