"""The official schemas of FatturaPA, where they lie beside the repository; our own is held against them."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import xmlschema
from lxml import etree

from formats.fatturapa.elements import Form, ordinary

if TYPE_CHECKING:
    from lxml.etree._docloader import _InputDocument

# Of the files there this one has the whole of 1.2.3 (TD28, TD29, RF18, RF20); others lack some of it.
ORDINARY = "standards/fatturapa/pa_1.2.xsd"
SIMPLIFIED = "standards/fatturapa/semplificata_1.0.xsd"
SIGNATURE = "standards/fatturapa/xmldsig-core-schema.xsd"


class _Beside(etree.Resolver):
    """Finds the imported signature schema in the same folder; nothing is fetched."""

    def __init__(self, shared: Path) -> None:
        self._signature = str(shared / SIGNATURE)

    def resolve(self, system_url: str | None, public_id: str | None, context: object) -> "_InputDocument | None":
        if (system_url or "").endswith(".dtd"):
            return self.resolve_string("", context)
        return self.resolve_filename(self._signature, context) if "xmldsig" in (system_url or "") else None


def fast_official(shared: Path, form: Form) -> etree.XMLSchema:
    """The official schema of a form in lxml."""
    path = shared / (ORDINARY if form is ordinary() else SIMPLIFIED)
    if not path.exists():
        pytest.skip(f"the official schema is not here: {path}")
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Beside(shared))
    return etree.XMLSchema(etree.parse(str(path), parser))


def thorough_official(shared: Path, form: Form) -> xmlschema.XMLSchema:
    """The official schema of a form in xmlschema."""
    path = shared / (ORDINARY if form is ordinary() else SIMPLIFIED)
    if not path.exists():
        pytest.skip(f"the official schema is not here: {path}")
    return xmlschema.XMLSchema(path, locations={"http://www.w3.org/2000/09/xmldsig#": str(shared / SIGNATURE)})
