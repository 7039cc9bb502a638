"""Every write of more than one row: fixtures, imports, workflow, merging; who may do what; what records lack."""
