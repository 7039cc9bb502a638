"""Management of the knowledge base from the command line."""
