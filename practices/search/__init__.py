"""Search: words, the index, and what a reader's query finds. `find()` is the way in; pages and facets stand on it."""
