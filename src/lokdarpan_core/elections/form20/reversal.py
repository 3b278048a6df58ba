"""Text that reads backwards: what an extraction makes of headings that stand upright in a PDF (`LATOT`, `ATON`).

A word counts as reversed when it is one of the words below from its end to its beginning. They are the words of the
form, and the commonest parts of candidates' names; none of them is another word when it is reversed.
"""

import re

from lokdarpan_core.elections.form20.cells import backwards, tidied

_FORM = """
    total totals grand votes valid rejected tendered nota polling station stations serial electors number polled postal
    ballot favour candidate candidates party turnout female assembly constituency result segment independent school
    college primary government building
"""
_NAMES = """
    singh kumar kumari reddy patel yadav sharma verma gupta mishra prasad khan shah joshi chaudhary choudhary
    mohammed mohammad mohd ahmed hussain begum devi naidu goud rajesh suresh ramesh narendra rajendra krishna laxmi
    lakshmi srinivas venkat prakash chandra singhania agarwal jadhav patil shinde pawar thakur tiwari pandey saxena
    bharatiya janata congress samaj bahujan rashtra gaikwad deshmukh chavan kadam mahajan kulkarni danve khotkar
    arjun bhosale bhosle gavit padvi valvi rathod ingle sawant kamble mohite nimbalkar deshpande narayan raosaheb
    santosh sandeep sandip vijay ashok vilas sanjay dnyaneshwar pandurang balasaheb shivaji sambhaji ramdas prashant
    mangesh girish gulabrao radhakrishna thorat eknath uddhav devendra abdul sattar aslam hasan anant babulal mohan
    manohar madhukar suryakant chandrakant ravindra jitendra mahendra surendra dharmendra virendra upendra satish
    manish mahesh mukesh dinesh umesh yogesh ganesh naresh jagdish ramchandra subhash vinod pramod arvind govind
    gopal krishnan raman natarajan murugan selvam kumaran mohanan menon pillai iyengar sinha mandal banerjee
    mukherjee chatterjee ghosh dutta paswan manjhi maurya kushwaha nishad rajput chauhan solanki parmar vasava desai
    mehta bhatt trivedi shukla dubey chaubey upadhyay srivastava dixit bajpai awasthi bisht thapa gurung sidhu
    dhillon sandhu grewal meena gurjar choudhury chowdhury mahato murmu hembram oraon munda kujur lakshman laxman
    ramulu anjaiah mallesh yadagiri narsimha narasimha venkatesh srinivasa satyanarayana nagesh shankar ibrahim
    ismail akbar akbaruddin owaisi qureshi ansari siddiqui shaikh sheikh mohiuddin rekha sunita anita sushma kavita
    savita geeta sangeeta pushpa kalpana vandana rathore
"""
WORDS = frozenset(backwards(word) for word in (*_FORM.split(), *_NAMES.split()))
_WORD = re.compile(r"[a-z]{4,}")


def is_reversed(text: str) -> bool:
    """Does the text hold a word that is written backwards?"""
    return any(word in WORDS for word in _WORD.findall(text.lower()))


def turned(text: str) -> str:
    """The text as it was meant, on one line."""
    return tidied(backwards(text))
