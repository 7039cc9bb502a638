"""Benches: one command per figure that the README states. They measure scratch copies, never your own database."""
