"""The accounts of curators: links by which somebody sets the own password, second factors, and lock-outs."""
