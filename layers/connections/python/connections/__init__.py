"""Connections: keeps the connections that integrations need to third-party apps."""

__version__ = "0.1.0"
