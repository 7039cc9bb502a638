"""Importing and exporting workbooks."""
