"""The text of a made-up report, set as reports are, with the sections that a curator would give it."""

REPORT = """\
The Town and Its Newcomers

A report that nobody has written, so that anybody may read it.

CONTENTS

Introduction\t3
PART I: THE DAY\t4
Markets\t4
Fish\t4
Bread\t5
Schools\t7

INTRODUCTION

The harbour office opened its doors in spring and gave each newcomer a map of the town.

Some years later the council counted what had come back, and it was every bicycle but one.

PART I: THE DAY

MARKETS

Stalls are let by the week, and nobody who asks for one is sent away without an answer.

Fish

The market opens at six, and ice is brought in before that by whoever is awake.

- Licences are free for the first year.
- Every stall has a number.

Bread

Bread needs no ice, so that bakers come at seven and stay for as long as they like.

SCHOOLS

Pupils may choose between two languages from the first day on, whatever they spoke before.

ANNEX: WHO CAME

FISHER John

BAKER Mary
"""
#: level, heading without its number, and number of paragraphs of each section
SECTIONS = [
    (1, "The Town and Its Newcomers", 1),
    (1, "CONTENTS", 6),
    (1, "INTRODUCTION", 2),
    (1, "THE DAY", 0),
    (2, "MARKETS", 1),
    (3, "Fish", 3),
    (3, "Bread", 1),
    (2, "SCHOOLS", 1),
    (1, "WHO CAME", 2),
]
