"""Tools that make files of the project; a running site needs none of them."""
