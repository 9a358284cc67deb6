"""What ERPs export: CSV with one row a line, and the canonical model as JSON.

csv_rows        the format `csv`: bytes -> one Reading an invoice
canonical_json  the format `json`: the model itself
mapping         what a sender says about its table: which column is which term, how numbers and dates are written
language        mapping files: YAML text -> Mapping
slots           where in the model a term goes
spelling        numbers and dates as people write them, and how to tell which way a file writes them
"""

from formats.erp.language import default_mapping, load_mapping
from formats.erp.mapping import Mapping

__all__ = ["Mapping", "default_mapping", "load_mapping"]
