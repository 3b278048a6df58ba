"""Synthetic newspaper articles for the benchmarks: the same file for the same seed, on every machine.

The lines are like those of a newspaper's archive: 3.2 kB on average, one in four mostly in Telugu (three bytes a
letter), one in three with paragraphs, and a share of lines that came before. Words follow a Zipf-like distribution
with a long tail of place names and numbers, so that PostgreSQL compresses the text about as well as real news.
"""

import json
import random
from datetime import date, timedelta
from itertools import accumulate, product
from pathlib import Path

BODY_BYTES = 1_350, 4_350  # between these, evenly: with the other fields a line has 3.2 kB on average
REMEMBERED = 5_000  # lines that a double is chosen from; more would only cost memory

ENGLISH = """
the of to in and a for on is was were has that by with at from said will be not after this their residents officials
ward corporation GHMC civic city road water drainage sanitation complaint commissioner minister election votes booth
turnout candidate party Congress BJP BRS AIMIM corporator council budget crore lakh metro traffic police hospital school
garbage collection workers union strike protest inspection repair streetlight pothole flyover nala encroachment lake
park tax notice permission construction demolition order court petition hearing report survey data per cent year month
Monday Tuesday Wednesday Thursday Friday Saturday Sunday morning evening rain flood alert power supply tanker pipeline
sewage mosquito dengue fever vaccination ration pension housing scheme beneficiaries application online office deadline
extended review meeting held demanded alleged assured directed completed pending delayed approved allotted inaugurated
"""
TELUGU = """
జీహెచ్ఎంసీ వార్డు నగర ప్రజలు అధికారులు రోడ్డు నీటి సరఫరా మురుగు పారిశుధ్యం ఫిర్యాదు కమిషనర్ మంత్రి ఎన్నికలు ఓట్లు పోలింగ్ కేంద్రం
అభ్యర్థి పార్టీ కాంగ్రెస్ బీజేపీ బీఆర్ఎస్ కార్పొరేటర్ బడ్జెట్ కోట్ల లక్షల మెట్రో ట్రాఫిక్ పోలీసులు ఆసుపత్రి పాఠశాల చెత్త సేకరణ కార్మికులు సమ్మె నిరసన
తనిఖీ మరమ్మతు వీధి దీపాలు చెరువు ఆక్రమణ పన్ను నోటీసు అనుమతి నిర్మాణం కూల్చివేత కోర్టు నివేదిక సర్వే శాతం సోమవారం మంగళవారం
బుధవారం ఉదయం సాయంత్రం వర్షం వరద విద్యుత్ దోమలు జ్వరం పింఛన్ గృహ పథకం లబ్ధిదారులు దరఖాస్తు సమీక్ష సమావేశం డిమాండ్ చేశారు
తెలిపారు అన్నారు ఆదేశించారు ప్రారంభించారు పూర్తి చేసిన ఉన్న మరియు కోసం నుంచి వరకు తర్వాత హైదరాబాద్ తెలంగాణ
"""
FIRST_PARTS = "Kukat Malkaj Saroor Nagole Miya Chanda Bowen Tarna Sec Uppal Hafeez Gachi Kapra Attap Lang Mehdi Borra"
LAST_PARTS = "pally giri nagar guda pet bad patnam kunta"
PLACES = [begin + end for begin, end in product(FIRST_PARTS.split(), LAST_PARTS.split())]
PAPERS = [f"The {place} {kind}" for kind, place in product(("Herald", "Chronicle", "Times"), PLACES[::34])]
CITIES = ["Hyderabad", "Secunderabad", "Warangal", None]
PARTIES = ["INC", "BJP", "BRS", "AIMIM", None, None]
EMOTIONS = ["Anger", "Hope", "Joy", "Frustration", None]


class Newsroom:
    """Writes articles; what it writes follows from the seed alone."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        numbers = [str(self.random.randrange(2, 20_000)) for _ in range(120)]
        self.sentences = {
            "en": self._sentences([*ENGLISH.split(), *PLACES, *numbers]),
            "te": self._sentences([*TELUGU.split(), *numbers[:60], *PLACES[:40]]),
        }

    def _sentences(self, words: list[str]) -> list[str]:
        weights = list(accumulate(1 / (rank + 20) for rank in range(len(words))))
        lengths = (self.random.randrange(9, 24) for _ in range(4_000))
        made = (" ".join(self.random.choices(words, cum_weights=weights, k=length)) for length in lengths)
        ends = [".", ".", ".", "?", ", he said.", " of ₹ 4.5 crore."]
        return [sentence[0].upper() + sentence[1:] + self.random.choice(ends) for sentence in made]

    def line(self) -> bytes:
        """One new article as a line of JSON."""
        chance = self.random.random
        language = "te" if chance() < 0.25 else "en"
        sentences, wanted = self.sentences[language], self.random.randrange(*BODY_BYTES)
        body, size = [], 0
        while size < wanted:
            body.append(self.random.choice(sentences))
            size += len(body[-1].encode())
        number, published_on = self.random.getrandbits(40), date(2023, 1, 1) + timedelta(self.random.randrange(900))
        article = {
            "publication_name": self.random.choice(PAPERS),
            "publication_date": published_on.isoformat(),
            "title": self.random.choice(sentences)[:90],
            "body": ("\n" if chance() < 0.33 else " ").join(body),
            "city": self.random.choice(CITIES),
            "party": self.random.choice(PARTIES),
            "emotion": self.random.choice(EMOTIONS),
            "language": language,
            "url": f"https://news.example/hyderabad/{published_on:%Y/%m}/article{number}.ece",
        }
        return json.dumps({k: v for k, v in article.items() if v is not None}, ensure_ascii=False).encode() + b"\n"


def write_jsonl(path: Path, *, seed: int, doubles: float, lines: int = 0, size: int = 0) -> int:
    """Write a file of so many lines or, without, of so many bytes; return its lines. `doubles` (0 to 1) of them repeat
    an earlier line."""
    newsroom, kept, written, count = Newsroom(seed), list[bytes](), 0, 0
    with path.open("wb") as file:
        while count < lines if lines else written < size:
            if kept and newsroom.random.random() < doubles:
                line = newsroom.random.choice(kept)
            else:
                line = newsroom.line()
                if len(kept) < REMEMBERED:
                    kept.append(line)
                else:
                    kept[newsroom.random.randrange(REMEMBERED)] = line
            written += file.write(line)
            count += 1
    return count
