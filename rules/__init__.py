"""Where it should go: Invoice + Recipient -> Decision(route, because). Pure, and data where it can be.

identity     what identifies a buyer, strongest first
recipient    who receives, over which channels, and what it prefers
derived      a recipient nobody knows yet, made of what the invoice says
condition    when a rule applies: a tree of facts, as data
facts        the facts that a condition may ask
answers      conditions read aloud, and answered
routing      rules, and the decision
plain_form   all of it as plain values, for JSON and the database
exact_yaml   YAML read as exactly what it says, with lines
yaml_form    rules and recipients as a YAML file; default.yaml is the set that ships
"""
