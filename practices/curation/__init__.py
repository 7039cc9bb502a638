"""Every write of more than one row: fixtures, workflow, and later imports, suggestions, merge."""
