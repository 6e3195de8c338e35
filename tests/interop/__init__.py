"""The whole life of a connection against a real authorization server."""
