"""A fallback goes as it was decided; where that can't be packed, as the rules have it once they are corrected."""

from dataclasses import replace

from channels.contract import Refused
from gateway.errors import SettingWrong
from gateway.lifecycle import DeliveryState, Owner, Processing
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.house import Packed, Packing
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from rules.recipient import Route
from rules.routing import Decision
from tests.pipeline.house import TENANT, ObedientChannel, SmallHouse, plain_packer
from tests.pipeline.moves import again, only, submit

D = DeliveryState
OBEDIENT = Route(channel="obedient", format="ubl")
MISSPELT = Route(channel="mail", format="ubl", options={"atach": True})
CORRECTED = Route(channel="mail", format="ubl", options={"attach": True})
PIGEON = Route(channel="pigeon", format="ubl")


def strict_packer(packing: Packing) -> Packed:
    """Knows one option, as the packers of the real channels know theirs."""
    if set(packing.route.options) - {"attach"}:
        raise SettingWrong("options of the way", "nobody knows `atach`", "Correct the rule.")
    return plain_packer(packing)


def decides(small: SmallHouse, *ways: Route) -> None:
    """The rules say this from now on."""
    decision = Decision(route=ways[0], fallbacks=ways[1:], because="the rules say so")
    small.house = replace(small.house, route=lambda *asked: decision)


def by_fallback(small: SmallHouse, *ways: Route) -> None:
    """The first of these ways is refused, and the second one's turn has come."""
    packers = {"obedient": plain_packer, "mail": strict_packer, "pigeon": plain_packer}
    channels = {**small.house.channels, "pigeon": ObedientChannel("pigeon")}
    small.house = replace(small.house, packers=packers, channels=channels)
    decides(small, *ways)
    small.channel.script = [Refused("no", "unknown there", "peppol.not_registered")]
    submit(small)
    read_waiting(small.house, TENANT)
    prepare_waiting(small.house, TENANT)
    dispatch_waiting(small.house, TENANT, "obedient")
    prepare_waiting(small.house, TENANT)


def release(small: SmallHouse) -> None:
    again(small)
    prepare_waiting(small.house, TENANT)


def test_a_wrong_option_of_a_fallback_holds_it_and_the_corrected_rule_frees_it(small: SmallHouse) -> None:
    by_fallback(small, OBEDIENT, MISSPELT)
    held = only(small).document
    assert (held.processing, held.owner) == (Processing.HELD, Owner.OPERATOR)
    assert "nobody knows `atach`" in held.sentence
    release(small)
    assert only(small).document.processing is Processing.HELD, "nothing was corrected"
    decides(small, OBEDIENT, CORRECTED)
    release(small)
    dispatch_waiting(small.house, TENANT, "mail")
    whole = only(small)
    assert [(one.channel, one.state) for one in whole.deliveries] == [
        ("obedient", D.FALLBACK_STARTED),
        ("mail", D.HANDED_OVER),
    ]
    assert whole.deliveries[-1].because == "fallback: obedient could not deliver it"
    assert "Obedient could not deliver it; the next way is started." in [one.sentence for one in whole.events]


def test_where_the_rules_drop_the_wrong_way_the_next_untried_one_is_taken(small: SmallHouse) -> None:
    by_fallback(small, OBEDIENT, MISSPELT)
    decides(small, OBEDIENT, PIGEON)
    release(small)
    assert [one.channel for one in only(small).deliveries] == ["obedient", "pigeon"]


def test_a_fallback_by_a_channel_without_settings_goes_by_what_the_rules_say_today(small: SmallHouse) -> None:
    owl = Route(channel="owl", format="ubl")
    by_fallback(small, OBEDIENT, owl)
    assert "owl, which this gateway has no settings for" in only(small).document.sentence
    decides(small, OBEDIENT, CORRECTED)
    release(small)
    assert [one.channel for one in only(small).deliveries] == ["obedient", "mail"]


def test_a_fallback_that_can_be_packed_stays_as_it_was_decided(small: SmallHouse) -> None:
    packers = {"obedient": plain_packer, "mail": plain_packer}
    small.house = replace(small.house, packers=packers)
    decides(small, OBEDIENT, CORRECTED)
    small.channel.script = [Refused("no", "unknown there", "peppol.not_registered")]
    submit(small)
    read_waiting(small.house, TENANT)
    prepare_waiting(small.house, TENANT)
    decides(small, PIGEON)  # the rules change while it is under way
    dispatch_waiting(small.house, TENANT, "obedient")
    prepare_waiting(small.house, TENANT)
    assert [one.channel for one in only(small).deliveries] == ["obedient", "mail"]
