"""The way of a change: what a record says and said, pending edits, review, publication."""
