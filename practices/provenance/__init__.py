"""Where a cited passage stands in a text, and how it is recognised there without being stored.

A citation holds no text, only the section, the number of the paragraph within it, the fingerprint of the words at
which the cited sentence starts, and how many words those are: ten, or all of a shorter sentence. Whoever holds the
text can verify it.
"""
