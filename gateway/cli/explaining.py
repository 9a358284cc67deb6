"""What a rule means, for whoever got its id: no file, no database."""

from typing import Annotated

import typer

from gateway.cli.screen import line, say

AsJson = Annotated[bool, typer.Option("--json", help="For machines: one JSON object.")]


def register(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command(epilog="Example: `gateway explain BR-CO-10 --language de`")(explain)


def explain(
    rule: Annotated[str, typer.Argument(help="Id of a rule, as a finding names it: BR-CO-10, 00422, DE-R-001.")],
    language: Annotated[str, typer.Option(help="en, de, it or sv.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Explain a rule in plain words: what fails it, which terms it is about, who can repair it and how.

    Words in {braces} stand for what the document itself says.
    """
    from gateway.registry import formats_at_hand, profiles_of
    from gateway.wiring.rule_words import words_of

    words = words_of(profiles_of(formats_at_hand()), rule, language)
    if as_json:
        line(words.as_data())
        return
    say(words.id, bold=True)
    say(words.what)
    say(f"Next: {words.fix}" if words.fix else "Next: nothing.")
    for number, name in words.terms:
        say(f"  {number}  {name}".rstrip())
    if words.decided:
        say(words.decided)
    say(f"Who can repair it: {words.owner}.", dim=True)
    say(f"Published in: {', '.join(words.publications) or 'the gateway itself'}.", dim=True)
