"""The way of a change: pending edits, review, preview, restore."""
