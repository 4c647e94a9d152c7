"""A starter map of Ukrainian articles, to be checked by the user before it is relied on."""

from __future__ import annotations

import re

TO_CHECK = "starter map of Ukrainian articles, to be checked by you"

_CRIMINAL: dict[str, tuple[str, float, bool, bool, bool]] = {
    # article: name, harm, street, officer-found, sensitive
    "115": ("homicide", 30, True, False, False),
    "121": ("grievous bodily harm", 10, True, False, False),
    "122": ("bodily harm", 10, True, False, False),
    "125": ("light bodily harm", 3, True, False, False),
    "126": ("beating", 3, True, False, False),
    "126-1": ("domestic violence", 10, False, False, True),
    "152": ("rape", 30, False, False, True),
    "153": ("sexual violence", 30, False, False, True),
    "185": ("theft", 1, True, False, False),
    "186": ("open theft", 10, True, False, False),
    "187": ("robbery", 10, True, False, False),
    "189": ("extortion", 1, False, False, False),
    "190": ("fraud", 1, False, False, False),
    "194": ("damage of property", 1, True, False, False),
    "263": ("weapons", 3, True, True, False),
    "286-1": ("drink-driving with harm", 3, False, True, False),
    "289": ("vehicle taken", 3, True, False, False),
    "296": ("hooliganism", 3, True, False, False),
    "307": ("drug dealing", 1, True, True, False),
    "309": ("drug possession", 1, True, True, False),
    "361": ("computer crime", 1, False, False, False),
}
_ADMINISTRATIVE: dict[str, tuple[str, float, bool, bool, bool]] = {
    "51": ("petty theft", 1, True, False, False),
    "130": ("drink-driving", 3, False, True, False),
    "173": ("petty hooliganism", 1, True, False, False),
    "173-2": ("domestic violence", 10, False, False, True),
    "175-1": ("smoking where forbidden", 1, True, True, False),
    "178": ("drinking in public", 1, True, True, False),
    "182": ("noise at night", 1, True, False, False),
}
_ARTICLE = re.compile(r"(?:\bст(?:аття|атті|\.)?\s*|^)(\d{2,3})(?:\s*[-–]\s*(\d)\b)?")
_CRIMINAL_CODE = re.compile(r"\bкку?\b|кримінальн\w* кодекс")
_ADMINISTRATIVE_CODE = re.compile(r"\bк(у)?пап\b|\bкупап\b|адмін\w* правопоруш")


def ukrainian_article(kind: str) -> tuple[str, float, bool, bool, bool] | None:
    """Name, harm, street, officer-found and sensitive of an article that names its code; else None.

    Examples
    --------
    >>> ukrainian_article("ч. 1 ст. 185 ККУ")
    ('theft', 1, True, False, False)
    >>> ukrainian_article("ст. 173-2 КУпАП")[0], ukrainian_article("185")
    ('domestic violence', None)
    """
    plain = kind.casefold()
    table = (
        _ADMINISTRATIVE
        if _ADMINISTRATIVE_CODE.search(plain)
        else _CRIMINAL
        if _CRIMINAL_CODE.search(plain)
        else None
    )
    found = _ARTICLE.search(plain)
    if table is None or found is None:
        return None
    number = found[1] + (f"-{found[2]}" if found[2] else "")
    return table.get(number)
