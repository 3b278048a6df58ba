"""The parties that are known by name: only to tell a party from a part of a candidate's name in a heading.

What is stored is always the party as printed. The list holds the national and state parties by the Election
Commission's notifications of 2014 to 2024, in their abbreviations and names, and the words for an independent.
"""

from lokdarpan_core.elections.form20.cells import folded

INDEPENDENT = ("IND", "Independent", "निर्दलीय", "अपक्ष", "స్వతంత్ర", "స్వతంత్ర అభ్యర్థి")
ABBREVIATIONS = """
    AAAP AAP AD ADAL ADK ADMK AGP AIADMK AIFB AIMIM AINRC AITC AIUDF AJSU AJSUP APTADMK BHRS BJD BJP BMUP BPF BRS BSP
    BSRCP BTP BVA CPI CPIM CPI(M) CPM CPI(ML) CPIML CPI(ML)(L) CPIMLL DMDK DMK DPPS GFP GGP HAM HAMS HJC HSPDP INC INLD
    INPT IPFT ISP IUML JANATA JCC JDS JD(S) JDU JD(U) JJP JKN JKNC JKNPP JKPDP JMM JP JSP JVM KC KEC(M) LJP LJPRV LKSJ
    LSP MGP MIM MNF MNS MPC MPP MSP NCP NCPSP NCP(SP) NDPP NINSHAD NOTA NPEP NPF NPP PDF PDP PECP PJP PMK PPA PPOI PRAP
    PRISM RAJD RALOPA RASLP RJD RLD RLP RLSP RLTP RPI RPI(A) RSP SAD SBSP SDF SHS SHSUBT SJP SKM SP SS SUCI SUCIC
    SUCI(C) SWP TDP TIPRA TJS TMC TRS UCC UDP UKD UKKD UPP VBA VCK VPP YCP YSRCP YSRTP ZPM ZNP
"""
NAMES = """
    Aam Aadmi Party; All India Anna Dravida Munnetra Kazhagam; All India Forward Bloc; All India Majlis-E-Ittehadul
    Muslimeen; All India Trinamool Congress; Apna Dal; Asom Gana Parishad; Bahujan Samaj Party; Bahujan Mukti Party;
    Bharat Rashtra Samithi; Bharatiya Janata Party; Biju Janata Dal; Communist Party of India; Communist Party of India
    (Marxist); Dravida Munnetra Kazhagam; Indian National Congress; Indian National Lok Dal; Janasena Party; Janata Dal
    (Secular); Janata Dal (United); Jharkhand Mukti Morcha; Lok Janshakti Party; Lok Satta Party; Maharashtra
    Navnirman Sena; Nationalist Congress Party; Peace Party; Pyramid Party of India; Rashtriya Janata Dal; Rashtriya
    Lok Dal; Republican Party of India; Samajwadi Party; Shiromani Akali Dal; Shiv Sena; Shivsena; Telangana Jana
    Samithi; Telangana Rashtra Samithi; Telugu Desam; Telugu Desam Party; Vanchit Bahujan Aaghadi; Yuvajana Sramika
    Rythu Congress Party; YSR Congress Party
"""
KNOWN = frozenset(
    folded(" ".join(name.split()))
    for name in (*INDEPENDENT, *ABBREVIATIONS.split(), *NAMES.split(";"))
    if name.strip() != "NOTA"
)


def is_party(text: str) -> bool:
    """Is this the name or abbreviation of a party that is known here?"""
    return folded(text) in KNOWN
