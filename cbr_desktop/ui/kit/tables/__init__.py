"""Tables: one model over rows with an own index for order and filter, a painting delegate, one view."""
