"""The functions as Lambda runs them: real handlers, real events, AWS in memory."""
