"""In what order, and how we remember it: the hops, the state machine, the store, the doors and the desk.

lifecycle  the life of a document as tables: four axes, signals, headline
retry      when to try again, as a value
intake/    hop 1: the doors in
pipeline/  hops 2 to 4: read, prepare, dispatch, absorb
store/     the database; archive/ the bytes; signing/ the keys
api/ desk/ cli  who looks in from outside
wiring/ registry  the only places that know concrete formats and channels
"""
