# ruff: noqa: E501 - a table reads better with one rule a line
"""The tables of kinds of offence as shipped: patterns of names, and codes used in place of names."""

from __future__ import annotations

KIND_TABLE: tuple[tuple[str, float, bool, bool, bool], ...] = (
    # pattern (lower case)                                               harm street found sensitive
    (r"domestic|family|spous|intimate partner|домашн|сімейн|родинн",         10, False, False, True),
    (r"child|minor\b|juvenile abuse|infant|неповноліт|малоліт|дитин",        10, False, False, True),
    (r"violence and sexual",                                                 3, True, False, True),
    (r"criminal damage and arson",                                           3, True, False, False),
    (r"rape|sex|indecen|lewd|molest|зґвалт|сексуальн|розпусн",               30, False, False, True),
    (r"prostitut|commercialized vice|проституц",                             1, False, True, True),
    (r"traffic(king)? in|human traffick|торгівл[яі] людьми",                30, False, True, True),
    (r"suicid|missing person|sudden death|самогуб|зник(л|нен)",              1, False, False, True),
    (r"fraud|forger|counterfeit|embezzl|decepti|identity|bad check|scam|шахрай|підробл|розтрат|привласн", 1, False, False, False),
    (r"cyber|internet|computer|online|phone|кібер|інтернет|комп.ютер|телефон", 1, False, False, False),
    (r"receiving stolen|stolen property|extort|blackmail|bribe|вимаган|хабар|збут майна", 1, False, False, False),
    (r"driving under|drunk driv|drink[- ]driv|dui\b|dwi\b|intoxicated driv|нетверез\w* кер|керуван\w* .*сп.янін", 3, False, True, False),
    (r"traffic|collision|hit[- ]and[- ]run|road acc|дтп|дорожньо",           1, False, False, False),
    (r"drug|narcot|cannabis|controlled substance|наркот|психотроп",          1, True, True, False),
    (r"liquor|drunkenness|public drinking|алкогол|розпив|сп.янін",           1, True, True, False),
    (r"weapon|firearms? (violation|possession|act)|possession of .*(knife|gun)|зброя|зброї|зброєю володін|боєприпас", 3, True, True, False),
    (r"gambl|азартн",                                                        1, False, True, False),
    (r"homicide|murder|manslaughter|вбивств|убивств",                        30, True, False, False),
    (r"shooting|attempted kill|стрілянин|стрільб",                           30, True, False, False),
    (r"kidnap|abduct|викраден\w* людин|незаконн\w* позбавлен",               30, False, False, True),
    (r"robbery|mugging|carjack|розб[іо]й|грабіж|грабеж|пограбув",            10, True, False, False),
    (r"agg\w*\.? assault|assault with|wounding|grievous|stabbing|тяжк\w* тілесн|поранен", 10, True, False, False),
    (r"arson|підпал",                                                        10, True, False, False),
    (r"threat|harass|stalk|intimidat|погроз|переслідув",                     1, False, False, False),
    (r"assault|battery|violence|fight|тілесн|побо|бійк|напад|насильств",     3, True, False, False),
    (r"(theft|larceny|stealing) (from|of)\W+(the )?person|pickpocket|purse|snatch|кишеньк", 3, True, False, False),
    (r"burglary|break(ing)? (and|&|in)|housebreak|проникнен|квартирн",       3, True, False, False),
    (r"(theft|larceny) from (a |motor )*(vehicle|auto|car)|vehicle crime|auto parts|крадіжк\w* .*авто(?!транспорт)|з авто", 1, True, False, False),
    (r"(motor )?vehicle theft|auto theft|theft of (a |motor )*(vehicle|car)|stolen vehicle|угон|незаконн\w* заволодін|викраден\w* авто", 3, True, False, False),
    (r"all other|other (crime|offen)|miscellaneous|інш\w* (злочин|правопоруш)", 1, False, False, False),
    (r"shoplift|retail theft|крадіжк\w* .*магазин",                          1, True, False, False),
    (r"theft|larceny|steal|крадіжк|крадій",                                  1, True, False, False),
    (r"vandal|criminal mischief|criminal damage|graffiti|damage|пошкодж|вандал|знищен", 1, True, False, False),
    (r"disorder|public order|anti-?social|nuisance|noise|hooligan|loiter|хуліган|порушен\w* (громад|тиш)|шум|громадськ\w* порядк", 1, True, False, False),
    (r"trespass|prowl|suspicious|підозріл",                                  1, True, False, False),
)  # fmt: skip

CODE_BOOKS: tuple[tuple[str, str, tuple[tuple[str, str, float, bool], ...]], ...] = (
    (
        "Baltimore Police crime codes",
        r"[1-9][A-Z]{1,3}",
        (
            (r"1.*", "homicide", 30, True),
            (r"2.*", "rape", 30, False),
            (r"3AJ.*", "carjacking", 10, True),
            (r"3.*", "robbery", 10, True),
            (r"4E", "common assault", 3, True),
            (r"4F", "assault by threat", 3, True),
            (r"4.*", "aggravated assault", 10, True),
            (r"5.*", "burglary", 3, True),
            (r"6D", "larceny from auto", 1, True),
            (r"6.*", "larceny", 1, True),
            (r"7.*", "auto theft", 3, True),
            (r"8.*", "arson", 10, True),
            (r"9S", "shooting", 30, True),
        ),
    ),
)
"""Codes in place of names: (whose, shape of a code, (code, name, harm, street) first match wins). The
first figure of Baltimore's codes follows the classes of Uniform Crime Reporting, Part I."""
