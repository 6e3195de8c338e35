"""The state that is kept and its rules; the standard library alone, no input and no output."""
