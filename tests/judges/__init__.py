"""Our rule sets beside the official ones: on their publishers' unit tests, on real documents, on mutated invoices.

sides        what each side says of a document, and how they differ
pairs        which of our rule sets stands against which official one
seeds        the valid documents that are mutated (neighbourhoods, nations, german_extension)
mutations    changes to a document (of values, of elements; workshop, values, vocabulary)
minimising   a difference on a document as small as it gets
fuzz         thousands of mutants: `make fuzz`
tally        what was compared: the lines at the end of a test run
"""
