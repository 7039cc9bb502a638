"""Importing records from spreadsheets, CSV and JSON, and writing the same columns for them: see `columns.SHEETS`.

A file passes `files` (is it safe to open), `reading` (its cells as they stand), `planning` (what each line says, what
is wrong, what would change) and `writing` (all of it or nothing, in one short transaction). `jobs` lets a page start
that and follow it.
"""
