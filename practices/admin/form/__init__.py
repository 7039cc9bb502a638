"""The form of a record: its parts, fields, rows and pickers, and what happens where others save too."""
