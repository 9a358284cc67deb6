"""The desk of support staff: each page first says what is wrong, who acts and until when; then it proves it.

application  the desk as an application, to be mounted at /desk: its errors, its stylesheet
room         templates, headers, answers: what every page needs
sign_in      signing in and out; attempts counts the tries
visitors     the cookie of a signed-in browser, and the person behind it
forms        forms that come back: small, ours, and meant
pages        the addresses
listing      the list: what is looked for, as its address says it
dossier      one document, put together from
  verdict      where it stands, who acts, until when, and the five facts
  proof        findings, deliveries, files, and what proves a delivery
  timeline     what happened and what is expected
  particulars  how everybody calls it, and its amounts
readable     the page that a person reads, as PDF
raw_text     a raw file as lines to be read
resending    sending again: the preview, and the deed
wording      the words; spelling: amounts, dates, foreign texts
"""

from gateway.desk.application import create_desk

__all__ = ["create_desk"]
