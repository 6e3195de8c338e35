"""What `make run` adds around the service on one machine."""
