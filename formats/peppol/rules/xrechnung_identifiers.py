"""The specification identifiers (BT-24) of XRechnung 3.0."""

from typing import Final

XRECHNUNG_ID: Final = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EXTENSION_ID: Final = f"{XRECHNUNG_ID}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
"""XRechnung with lines below lines and payments by third parties."""
CVD_ID: Final = f"{XRECHNUNG_ID}#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9"
"""XRechnung for clean vehicles (Clean Vehicles Directive)."""
SPECIFICATIONS: Final = (XRECHNUNG_ID, EXTENSION_ID, CVD_ID)
