"""What changed in a ward, beyond what its own history explains.

A ward, one of its parties or one of its issues raises an alert when a day has more stories of it than eight weeks of
history lead to expect, by so much that chance is no answer. What is compared:

- *Stories, not articles.* A text that five papers print is one story.
- *Against what the sources printed.* A ward is expected in so many of a source's stories; on a day on which the source
  prints more, more of them. A source that delivered nothing on a day has no part in that day: it is neither history
  nor judged. So a gap in the delivery is no silence, and its end no alert.
- *With doubt.* A ward's rates are drawn towards the city's as far as its own history is short; days scatter more than
  chance alone would let them, and the rates themselves are not known exactly. All of it widens what is held usual.
- *All at once.* A city's wards, their parties and their issues are hundreds of questions a day. The procedure of
  Benjamini and Hochberg keeps the share of alerts that are none at or below one in ten.

What is not judged is said, with the reason: a source with fewer than eight days of history, a day without articles.
Articles whose date was guessed count nowhere.

The arithmetic (`binomial`, `model`, `terms`, `discovery`) works on arrays and knows no database.
"""
