"""Connections: keeps the connections that integrations need to third-party apps."""

__version__ = "0.1.0"
USER_AGENT = f"Connections/{__version__}"
"""What the service calls itself, to authorization servers and in the trails of AWS."""
