"""What proves who issued a document, and that nobody changed it since.

keys   private keys: the only module that sees one
xades  XAdES-BES signatures inside a FatturaPA document
"""
