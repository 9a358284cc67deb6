"""What a document says and looks like: bytes <-> Invoice. Pure: no network, no clock, no database.

contract      what every format offers: read, write, profiles
checking      findings, checks and the engine that runs them
xml           the only parser of foreign XML
en16931/      the canonical model, the language of the house
ubl/ peppol/ fatturapa/ pdf/ erp/     one folder a format, the same file names in each
"""
