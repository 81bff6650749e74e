"""Who and where: sites, devices, meters, limits and feed contracts, read and validated.

Here live the reference tables, the feed contracts, the unit registry and the only code that knows a
path (`paths`). Here must not live: readings, cleaning, SQL.
"""
