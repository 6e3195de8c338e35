"""The world as the use cases need it. No foreign exception leaves an adapter."""
