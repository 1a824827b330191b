"""What every screen is built of: tables, pages, marks, pictures, colours. No word of the service."""
