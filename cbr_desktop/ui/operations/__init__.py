"""The shell of every change: a form, its judgement, what is lost, the request, and what became of it."""
