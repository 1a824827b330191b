"""The windows in which an operator asks for something and sees what became of it."""
