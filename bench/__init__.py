"""Benches: one command per figure that the project states. They measure scratch copies, never your own database."""
