"""What integration code imports: the documents that declare connections."""
