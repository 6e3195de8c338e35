"""What the service does: one use case a module, named by a verb, and the ports that they need."""
