"""OAuth 2.0 without sockets: what to send, and what an answer means."""
