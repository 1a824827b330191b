"""Policies: the page, the calendar, and the forms that make and change them."""
