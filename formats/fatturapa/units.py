"""Units of measure: FatturaPA takes any text of up to 10 characters, EN 16931 a code of UN/ECE recommendation 20."""

from typing import Final

# What Italian systems write, in small letters without a dot at the end.
_WRITTEN: Final = {
    "n": "C62", "nr": "C62", "num": "C62", "numero": "C62", "pz": "C62", "pezzi": "C62", "pezzo": "C62", "cad": "C62",
    "unita": "C62", "unità": "C62", "ea": "C62", "kg": "KGM", "g": "GRM", "gr": "GRM", "t": "TNE", "ton": "TNE",
    "q": "DTN", "qli": "DTN", "l": "LTR", "lt": "LTR", "litri": "LTR", "m": "MTR", "mt": "MTR", "metri": "MTR",
    "ml": "MTR", "mq": "MTK", "m2": "MTK", "mc": "MTQ", "m3": "MTQ", "cm": "CMT", "mm": "MMT", "km": "KMT",
    "h": "HUR", "ora": "HUR", "ore": "HUR", "hh": "HUR", "gg": "DAY", "giorni": "DAY", "giorno": "DAY", "mese": "MON",
    "mesi": "MON", "anno": "ANN", "anni": "ANN", "kwh": "KWH", "smc": "SM3", "conf": "XPK", "cf": "XPK", "sc": "XCT",
    "cartoni": "XCT", "pa": "PR", "paia": "PR", "set": "SET", "corpo": "LS", "forfait": "LS", "a corpo": "LS",
}  # fmt: skip


def unit_code(written: str) -> str:
    """The unit code (BT-130) for what a document says; the text itself where it is no usual abbreviation."""
    return _WRITTEN.get(written.lower().rstrip("."), written)
