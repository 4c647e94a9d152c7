"""Names from outside made fit for files: one clean line, file-name slugs, cells that are no formulas."""

from __future__ import annotations

import re
import unicodedata

_BIDI_CONTROLS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_UNFIT = ("Cc", "Cs", "Zl", "Zp")
_SPACES = re.compile(r"\s+")
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")

# Ukrainian after the Cabinet of Ministers' table of 2010 (no. 55), letters of other languages added.
_CYRILLIC = dict(
    re.findall(
        r"(.):(\S*)",
        "а:a б:b в:v г:h ґ:g д:d е:e є:ie ж:zh з:z и:y і:i ї:i й:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u "
        "ф:f х:kh ц:ts ч:ch ш:sh щ:shch ь: ю:iu я:ia ё:e ъ: ы:y э:e ў:u ': ’:",
    )
)


def one_line(text: object) -> str:
    r"""``text`` on one line without control characters, direction marks or lone surrogates.

    Such characters break XML and tables, or show one name as another.

    Examples
    --------
    >>> one_line("Main\x00\nStreet\u202e ")
    'Main Street'
    """
    visible = _BIDI_CONTROLS.sub("", str(text))
    kept = "".join(" " if unicodedata.category(sign) in _UNFIT else sign for sign in visible)
    return _SPACES.sub(" ", kept).strip()


def cell(text: object) -> str:
    """One line that no spreadsheet takes for a formula: a dangerous first sign gets an apostrophe.

    Examples
    --------
    >>> cell("=cmd()"), cell("Main Street")
    ("'=cmd()", 'Main Street')
    """
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA_STARTS) else line


def slug(text: str, *, longest: int = 40) -> str:
    """A part of a file name, Latin letters and digits alone; "" if nothing of ``text`` is left.

    Examples
    --------
    >>> slug("Crew 1"), slug("Наряд Щука"), slug("Équipe/../2"), slug("🚓")
    ('crew-1', 'nariad-shchuka', 'equipe-2', '')
    """
    latin = "".join(_CYRILLIC.get(sign, sign) for sign in text.lower())
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:longest].strip("-")
