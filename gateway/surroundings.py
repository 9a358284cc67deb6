"""Whether anybody has set something: asked by a command that needs no settings, before it loads all that reads them.

To read the settings takes longer than to check an invoice. `gateway.settings` reads them; here nobody reads anything.
"""

import os
from pathlib import Path
from typing import Final

SETTINGS_FILE: Final = "GATEWAY_SETTINGS"
USUAL_FILE: Final = "gateway.toml"
DATA: Final = "gateway-data"
_JUDGES: Final = ("GATEWAY_SETTINGS", "GATEWAY_DATA", "GATEWAY_JUDGES")


def may_have_judges() -> bool:
    """Whether an official rule set may be installed here: something is set, or something lies where it usually does."""
    try:
        if Path(USUAL_FILE).is_file() or Path(DATA, "judges").is_dir():
            return True
    except OSError:
        return True  # it is there, and not for everybody: whoever reads it says so
    return any(name.upper().startswith(_JUDGES) for name in os.environ)
