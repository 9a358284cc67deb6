"""The places where the concrete rooms meet: settings become a house with formats, channels and packers."""
