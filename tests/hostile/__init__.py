"""Whoever wants the tokens of others: each attack, and what servers saw of it."""
