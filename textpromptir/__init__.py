__version__ = "0.1.0"

def __getattr__(name):
    if name == "Restorer": # torch is imported when it is asked for, not before
        from textpromptir.restoration import Restorer
        return Restorer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
