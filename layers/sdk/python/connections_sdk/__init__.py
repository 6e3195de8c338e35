"""What integration code imports: the documents that declare connections, and what publishes them.

Nothing is imported from here: `connections_sdk.builders` has the words in which documents are
written in Python, `connections_sdk.integration_texts` reads and writes them as YAML and JSON, and
`connections_sdk.client` calls the service. Only the last needs httpx, and only the second PyYAML.
"""
