"""The words of headings and of lines of totals; and that every finding is explained in the documentation."""

import re
from pathlib import Path

import pytest

from lokdarpan_core.elections.form20 import sheet
from lokdarpan_core.elections.form20.headings import role_of
from lokdarpan_core.elections.form20.labels import total_kind

HEADINGS = {
    "station-no": "Serial No. Of Polling Station|S. No. of Polling Station|Sl.No. of PS|P.S. No.|PS_NO|Polling Stn No"
    "|Booth Number|Polling Station (PS) No.|AC/PS No|मतदान केंद्र क्रमांक|పోలింగ్ కేంద్రం సంఖ్య"
    "|Serial No. Of Polling Station 1|Serial Poll|Serail No. of Polling Station|Polling Serial No. Station"
    "|मतदान केन्द्र का क्रम संख्यांक|मतदान केन्द्र की संख्या|मतदान केंद्राचा अनुक्रमांक|పోలింగ్ స్టేషన్ క్రమ సంఖ్య",
    "part-no": "Part No|Part Number|भाग संख्या",
    "running-no": "Sl. No.|S.No|Sr. No.|Serial Number|SI.No.|Table Serial No.|क्र. सं.|अनुक्रमांक|No.",
    "candidates": "No of Valid Votes Cast in favour of|Candidate ID and Name|Names of contesting candidates"
    "|Votes secured by",
    "valid": "Total of Valid Votes|Total No.of Valid votes|Valid Votes Total|Total Votes (Valid)"
    "|Total Votes Secured|TotalValid Votes|कुल वैध मत|विधिमान्य मतों का योग"
    "|Total valid votes including NOTA|Total votes for candidates|Valid",
    "rejected": "No. Of Rejected Votes|Rejected/Invalid votes|Votes Rejected|Total Rejected|अस्वीकृत मत|नाकारलेली मते"
    "|प्रतिक्षेपित मतों की संख्या|अविधिमान्य मत|नामंजूर मते",
    "nota": "NOTA|N.O.T.A.|Votes for 'NOTA' option|None of the Above|NOTA (8)|नोटा|నోటా|નોટા|நோட்டா|নোটা"
    "|वरीलपैकी एकही नाही|इनमें से कोई भी नहीं|उपर्युक्त में से कोई नहीं",
    "polled": "Total|Grand Total"
    "|Gr. Total|G. Total|Total votes polled in EVM|TOTAL VOTES|Total (5+6+7)|Total no. of votes|कुल योग|एकूण",
    "cast": "Total Votes Polled|Votes Polled|Total Polled Votes|Total votes cast",
    "tendered": "No. Of Tendered Votes|Tendered Voter|निविदत्त मत",
    "electors": "Total No. of Electors|Electors|Registered voters",
    "electors-male": "Male Electors|Total No of Electors Male",
    "turnout-female": "Voters Turnout Female|Female voters voted",
    "epic": "No of voters identifying using EPIC",
    "elected": "No. of Valid Votes Cast in Favour of Elected Person",
    "ignored": "District Name|Elected Person Name|Remarks|Turnout %|Poll percentage|Constituency Name|EVM No.",
    "segment": "Constituency No|AC No.|Assembly Segment No",
}
LABELS = {
    "evm": "Total EVM Votes|TOTAL (EVM)|TOTAL VOTES POLLED IN E.V.M.|Total No. of votes recorded at polling stations"
    "|ईवीएम से प्राप्त कुल मत|मतदान यंत्रावरील एकूण मते|మొత్తం ఈవీఎం ఓట్లు",
    "postal": "Total Postal Ballot Votes|Postal|P.B. Votes|No. of votes recorded on postal ballot papers"
    "|ETPBS|डाक मतपत्र|टपाली मतपत्रिका|डाक मतपत्रों में अभिलिखित मतों की संख्या"
    "|पोस्टल बैलेट|పోస్టల్ బ్యాలెట్|Service Votes|ETPB Votes|पोस्टल मत|Postal Ballots (Service voters + 80+ AVSC + Employees)",
    "polled": "Total Votes Polled|Grand Total:|G. Total votes polled|EVM + Postal|डाले गए मतों का कुल योग|एकूण झालेले मतदान"
    "|महायोग|Total votes polled (including postal ballots)|Grand Total (A+B)",
    "total": "TOTAL|Total =|Net Total|Total (1 to 234)|Total of all Polling Stations|कुल योग|एकूण|మొత్తం|LATOT|Aggregate",
    "page": "Page Total|Sub Total|Total of page 3|Total carried forward|Brought forward"
    "|B/F|C/F|Total C/F|Round 1 Total|Total of this page",
}
NO_LABELS = "|1|12A|Polling Station|POSTAL COLONY SCHOOL|SUB STATION|Total Singh|TOTALADODDI|Date|Page 3|Grand Hotel"


@pytest.mark.parametrize(
    ("role", "text"), [(role, text) for role, texts in HEADINGS.items() for text in texts.split("|")]
)
def test_headings(role, text):
    assert role == role_of(text) == role_of(text.upper()) == role_of(f" {text}\n")


@pytest.mark.parametrize(
    "text",
    [
        "RAMA RAO",
        "K. CHANDRA SEKHAR RAO",
        "TOTAL SINGH",
        "NOTAN DAS",
        "VALID KHAN",
        "MOHD. SALIM",
        "सुरेश डाकुआ",
        "ఫాతిమా (స్వతంత్ర అభ్యర్థి)",
    ],
)
def test_names_are_no_headings(text):
    assert role_of(text) is None


def test_heading_under_a_merged_one():
    assert "electors-male" == role_of("Male", "Total No of Electors")
    assert "turnout-other" == role_of("Other", "Voters Turnout")
    assert ("electors", "turnout") == (role_of("Total", "Total No of Electors"), role_of("Total", "Voters Turnout"))


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in LABELS.items() for text in texts.split("|")]
)
def test_labels_of_totals(kind, text):
    assert kind == total_kind(text)


@pytest.mark.parametrize("text", NO_LABELS.split("|"))
def test_what_is_no_label(text):
    assert total_kind(text) is None


def test_in_the_place_of_a_serial_a_label_may_have_other_words():
    assert ("total", None) == (total_kind("Total for Hadapsar", strict=False), total_kind("Total for Hadapsar"))


def test_every_finding_is_explained():
    """docs/form20.md names every code that the reader gives, and no other one."""
    package = Path(sheet.__file__).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in package.glob("*.py"))
    given = (
        r'(?:\.(?:error|warn|note)|_find|NotANumberError)\(\s*"([a-z-]+)"'
        r'|Severity\.[A-Z]+,\s*"([a-z-]+)"|"(footer-[a-z]+)"'
    )
    codes = {code for found in re.findall(given, source) for code in found if code} | {"electors-sum", "turnout-sum"}
    docs = Path(__file__).parents[2] / "docs" / "form20.md"
    explained = set(
        re.findall(r"^\| `([a-z-]+)` \| (?:error|warning|note)", docs.read_text(encoding="utf-8"), re.MULTILINE)
    )

    assert codes == explained
