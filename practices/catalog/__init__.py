"""The public collection of one data version, in memory: practices as sets, vocabularies, counts."""
