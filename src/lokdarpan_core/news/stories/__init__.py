"""One text, told once: copies of an article are found, and the articles that are copies of each other are one story.

A third of what newspapers print is agency copy, press notes and their own updates. What is counted (mentions, keywords,
alerts) is counted by story, so that one text is not five voices because five papers printed it.

**What a copy is.** Two articles are one text when a whole clause, eight words or more, stands in both word for word or
lightly edited, and makes up so much of the shorter one that it is not a mere quotation; or when their headlines are
the same and nothing speaks against it. Two reports of one event, each in its own words, are two texts. One similarity
can't tell that: of pairs that a reader called "same event" and of pairs that have nothing to do with each other, the
median cosine is the same. So the rule (`rule`) measures what is shared, in what order and where:

- *the same headline*, word for word, on the same day or the next;
- *an edited headline*, when one of the two has no text of its own: a word in nine may be another one, and what stands
  before or after the whole is free;
- *the whole lead*: six tenths of the shorter lead stand in the other one, with eight words on end, and not only names:
  either the headlines agree, or four of the words are wording (lower-case words of four letters, which names of
  people, offices and places are not). On a later day it must be eight tenths, and the headlines must have something
  in common: a day later, most that is alike is background of the next report;
- *a whole clause, and headlines that agree*: eight words on end, five of them wording, three tenths of the shorter
  lead, and so much of the headlines that both shares together are nine tenths;
- *a long clause*: fifteen words on end, four of them wording, are no mere quotation when they are four tenths of the
  shorter lead and the headlines agree by four tenths. On the next day it must be twenty words and half of the lead.

**What it is guarded against**, since each of these looks like a copy:

- *daily series*: horoscopes, forecasts, schedules, prices. On different days, two texts in which another number or
  date stands beside the same words are two, and so are two horoscopes; on the same day the one with the other number
  is a correction;
- *announcement and report*: "to inaugurate" and "inaugurates", a day apart, are told in the same words and are two
  events in the archive's sense, the plan and the deed;
- *wrong summaries*: a paper that pasted the summary of another story. When one summary stands under two headlines, and
  bears out the words of one and none of the other, they are two. Datelines ("Thursday, 25 June") have no words to be
  borne out;
- *one headline on two stories* ("Let us work together"): a short headline is believed only when the leads have words
  in common;
- *texts too short to tell*: under five words nothing is a copy of anything.

**What it looks at.** The two texts and their dates, nothing else: no outlet, no other article, no limit on how many may
be alike. So it is the same whichever comes first. It looks only within three days and one language: a translation is a
story of its own, and counts apart. An article without a language is taken for what its script says.

**How stories come of it.** Whatever is linked is one story, through however many hands (`components`); the earliest
article leads. Articles may come in any order, in any batches, by several processes: the pairs are the same, and so are
the components. A late article can join two stories, and a withdrawn one can leave two behind (`assign`). Which pairs
are looked at at all is told by keys (`signature`), kept in PostgreSQL (`index`).
"""
