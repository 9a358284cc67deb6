"""The Peppol channel of its settings: which of the two access point products stands at the other end."""

from collections.abc import Mapping

from channels.contract import Channel, ChannelType
from channels.https import Limits, Line, verifying_context
from channels.peppol.phase4_standalone import Phase4Standalone
from channels.peppol.phoss_ap import PhossAp
from channels.peppol.settings import PeppolSettings
from channels.settings import read_settings


def build(settings: Mapping[str, object], ports: Mapping[str, object]) -> Channel:
    """The channel to one access point. Raises Misconfigured with the name of the wrong setting. Needs no port."""
    del ports
    chosen = read_settings("peppol", settings, PeppolSettings)
    line = Line(
        "peppol",
        chosen.url,
        verifying_context("peppol", chosen.ca_file),
        Limits(chosen.connect_seconds, chosen.answer_seconds, chosen.largest_answer),
        {"X-Token": chosen.token.reveal()},
    )
    return PhossAp(line) if chosen.kind == "phoss-ap" else Phase4Standalone(line)


CHANNEL = ChannelType("peppol", build)
