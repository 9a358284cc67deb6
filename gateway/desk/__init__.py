"""The desk of support staff: each page first says what is wrong, who acts and until when; then it proves it.

application  the desk as an application, to be mounted at /desk
room         templates, headers, answers: what every page needs
sign_in      signing in and out; attempts counts the tries
visitors     the cookie of a signed-in browser, and the person behind it
forms        forms that come back: small, ours, and meant
pages        the addresses: list, one document, its files, sending again
listing      the list: what is looked for, as its address says it
dossier      one document: verdict, five facts, identifiers, amounts
timeline     what happened and what is expected
proof        findings, deliveries, files and what proves a delivery
raw_text     a raw file as lines to be read
wording      the words; spelling: amounts, dates, foreign texts
"""

from gateway.desk.application import create_desk

__all__ = ["create_desk"]
