"""The languages that names, titles and reports can be in, by their codes: "fr", "fil", "zh-Hant"."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: a language, and what may follow: a script, a country
CODE = re.compile(r"(?P<language>[a-z]{2,3})(-[A-Za-z0-9]{2,8})*")
#: all of ISO 639-1
TWO_LETTERS = """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng
    nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
#: of ISO 639-3 what has no code of two letters and is spoken by many who migrate; another is added here
THREE_LETTERS = """
    ace ast bal ber bho ceb ckb cnh din dsb fil gsw hak haw hil hmn hsb ilo kab kea kmb kmr kok kri ksw lus luo mai
    mfe mnk mos nan nso nus pam pap pcm prs quc rhg rif rom sat scn shi srn swb syr tet tig tpi tzm udm umb war yue
    zgh zza
"""
#: several languages, and one that nobody has determined
SPECIAL = "mul und"
LANGUAGES = frozenset(f"{TWO_LETTERS} {THREE_LETTERS} {SPECIAL}".split())


def validate_language(code: object) -> None:
    """Raise ValidationError unless `code` begins with the code of a language."""
    shape = CODE.fullmatch(code) if isinstance(code, str) else None
    if shape is None or shape["language"] not in LANGUAGES:
        message = _("%(code)s is no language code. Write one such as en, fr or fil; und where it is not known.")
        raise ValidationError(message, params={"code": code})
