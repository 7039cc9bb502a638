"""The list of records of one kind: what it is narrowed by, and acts on the records chosen in it."""
