"""Words that tell nothing of what a text is about: those of the packages, and the lists below.

The function words are those of stopwordsiso (English, Hindi, Urdu) and telugu_stopwords. Neither was made for news:

- `KEPT` are words of the English list that are subjects here. It was gathered from web pages, so that *fire*, *bill*
  and *Microsoft* are in it, and *inc* and *mp* stand for companies and a country code, not for a party and its members;
- the Urdu list is damaged (it has ًہیں where the language writes نہیں), so the commonest words are listed here again;
- `NEWS` are words with which news is told, whatever it tells. They stand in a third of all reports and in no other
  kind of text, so that no general list has them;
- months, weekdays and numerals (`stories.words`) are dates, and dates are no subject.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache

from lokdarpan_core.news.stories.words import DATES, NOISE, NUMERALS, UNHEARD

KEPT = """
bill case cm computer court fire home ill inc mill mp microsoft novel open research results ring system test tip ts uk
water work world young
"""
NEWS_EN = """
according alleged allegedly amid appealed asserted assured claimed condemned day days daily directed
earlier evening expressed held hour hours including informed issued late later launched meanwhile minute
minutes month months monthly morning night noon official officially officials pm people person persons
photo picture pti ani ians read reacted reiterated remarked report reported reportedly reporter reporters
reports request requested responded reveal revealed source sources speaking spoke statement stated take
time times told took update updates urged video wednesday week weekly weeks yesterday crore crores lakh
lakhs rupees no set key expected based dr smt sri shri ji garu
"""
NEWS_TE = """
తెలిపారు తెలిపింది తెలిపిన తెలియజేశారు తెలుస్తోంది తెలిసింది అన్నారు అన్న చెప్పారు చెప్పింది చెప్పిన
పేర్కొన్నారు పేర్కొంది వెల్లడించారు వెల్లడించింది చేశారు చేసింది చేస్తున్నారు చేస్తూ చేయడం చేయాలని
చేస్తామని చేపట్టారు జరిగింది జరిగిన జరుగుతున్న జరిగే జరిపారు ఉన్న ఉన్నట్లు ఉన్నాయని ఉందని ఉంటుందని
వివరించారు సూచించారు కోరారు ఆదేశించారు నిర్వహించారు ప్రకటించారు స్పష్టం వ్యక్తం పాల్గొన్నారు మాట్లాడారు
మాట్లాడుతూ హాజరయ్యారు వచ్చారు వచ్చిన ఇచ్చారు ఇచ్చిన అయిన అయ్యారు అయ్యాయి కాగా కాని ఇక మరో మరి ఇలా అలా
ఇటీవల ఇదే అదే ఇందులో అందులో ఇందుకు సందర్భంగా సమయంలో సమయం నేపథ్యంలో నేపథ్యం భాగంగా మేరకు ప్రకారం పలు
పలువురు వివిధ మొత్తం తదితరులు తదితర వెళ్లి వెళ్లిన వెళ్తే తీసుకుని తీసుకున్నారు పట్ల తరఫున తర్వాత ముందు
నుంచి నుండి అనంతరం రోజు రోజుల రోజులు గంటల గంటలు గంటలకు ఉదయం సాయంత్రం రాత్రి మధ్యాహ్నం లక్షల కోట్ల కోట్లు
లక్షలు రూపాయలు రూ వేల శాతం సాక్షి న్యూస్ ఫొటో వీడియో ఓ ఒక ఒకరు ఇద్దరు ముగ్గురు ఐదు ఆరు ఏడు పది తొలి రెండో
మూడో గల గత వారి వారికి వాటిని వాటి దీంతో దాంతో అందరికీ కూడా అందుకు అలాగే లేదని కాదని చెందిన చెందింది పాటు
మంది లేదు పేరు తాజాగా ప్రస్తుతం మళ్లీ మరోసారి తెలిసిందే అనే అంటూ కారణంగా సంబంధించిన సంబంధించి విషయం
మారింది చేసుకుంది చోటుచేసుకుంది నిర్వహించిన కలిసి కేవలం ఆధ్వర్యం ఆధ్వర్యంలో చేపట్టిన వివరాల వివరాలు
అత్యంత పూర్తి మండిపడ్డారు విమర్శించారు ముందుకు
"""
NEWS_HI = """
बताया बताते कहना कहीं कही कहे गई गए गये जाता जाती जाते जाने जाएगा जाएगी दी दिए दिये दे देने लगे लगा रही
रहीं मैं हम हमारे हमारी आपको क्या तथा अब जानकारी अनुसार दौरान मुताबिक बजे दिन आज कल करेंगे करेगा करोड़
लाख रुपये रुपए श्री श्रीमती डॉ होगा होगी होंगे हों स्थित अवसर तहत रूप किए अधिक व्यक्त आयोजित साल
वर्षों वर्ष महीने लिया ली चाहिए तरफ बीच करके करती कर्मी वाला वाली ऐसा ऐसी बात समय हेतु प्रति
"""
NEWS_UR = """
میں سے نے نہیں نہ اس ان کو کا تھا تھے تھیں کیا کہا بتایا گیا جا جائے جاتا رہا رہے رہی ہوگا ہوگی بھی ساتھ
بعد لیے پر تک ایک دیا دی کر کرنے کرتا کریں انہوں انھوں انہیں اپنے اپنی اپنا جس جو جب تب اب اگر لیکن مگر
یا وہ ہم آپ میرے ہمارے تمام کسی کچھ کوئی سبھی سب بہت زیادہ کم اندر باہر درمیان خلاف مطابق دوران بتاتے
کروڑ لاکھ روپے دن سال ماہ وقت جناب
"""


@cache
def stop_words() -> frozenset[str]:
    """All of them, in the form in which words are compared (`stories.words`): no case, no apostrophes, no joiners."""
    from stopwordsiso import stopwords  # noqa: PLC0415 (half a megabyte that only terms need)
    from telugu_stopwords import tsw  # noqa: PLC0415

    general = {*stopwords("en")}.difference(KEPT.split()) | stopwords("hi") | stopwords("ur")
    news = f"{NEWS_EN} {NEWS_TE} {NEWS_HI} {NEWS_UR}".split()
    return frozenset(_compared([*general, *tsw().get_stopwords("telugu"), *news, *DATES, *NUMERALS, *NOISE]))


def _compared(words: Iterable[str]) -> Iterable[str]:
    """Entries of several words are none that a word could equal."""
    for word in words:
        form = unicodedata.normalize("NFC", word).casefold().strip()
        form = "".join(letter for letter in form if letter not in UNHEARD)
        if form and " " not in form:
            yield form
