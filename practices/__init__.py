"""The knowledge base: models, reads, search, exports, curation and pages of integration practices."""
