"""The search index: words, documents of practices, and how both databases hold them. The write path ends here."""
