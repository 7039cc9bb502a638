"""Passages of sources: cited from a form, and read paragraph by paragraph."""
