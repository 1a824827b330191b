"""The CBR service itself, played over HTTP: an ASGI application that knows nothing of the rest of the program."""
