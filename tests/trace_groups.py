"""Groups of a trace as datasets, whichever container the installed ArviZ has."""

from polyagamma.traces import trace


def posterior_of(idata):
    return trace.groups(idata)["posterior"]
