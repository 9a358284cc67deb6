"""The network twin, driven by plain clients: it must refuse what the real parties would refuse."""
