"""The texts of sources: loaded for a day, cited by fingerprint, held against what is cited."""
