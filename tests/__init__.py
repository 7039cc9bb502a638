"""Tests, in the order of the tree they test. `python -m tests` runs them all, on SQLite and on PostgreSQL."""
