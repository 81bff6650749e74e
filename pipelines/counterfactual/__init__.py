"""Dispatch with and without batteries: turbine hours that the batteries avoided (docs/methods).

Arrays in, arrays out. Powers are whole watts (`Watts`) and time is counted in steps, so that sums are
exact and do not depend on their order; only the last step of a figure divides.
Here must not live: files, SQL, sites, days, what a meter said wrongly (`cleaning`).
"""
