"""The API for senders' systems: submit, read the log, keep recipients and rules.

app          the application: routes, errors, OpenAPI
rooms        what the API needs of the rooms around it
access       bearer keys -> who calls
problems     errors -> problem documents (RFC 9457); the one place that knows HTTP status codes
shapes       what goes over the wire
submissions, documents, parties, checks    the routes
notices      the TLS door at which SDI delivers its notices
"""
