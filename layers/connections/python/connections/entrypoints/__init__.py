"""The doors: settings, composition, the HTTP router, problem documents, who is calling."""
