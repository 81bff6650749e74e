"""A synthetic campus with its truth.

Seeded physics of load, grid cap, turbines and batteries; landing files as the feed contracts say they
are written; `truth/` with the KPIs as they really are. Imports campus and kinds only, so that it stays
independent evidence: here must not live any reading, cleaning or KPI code of the product.
"""
