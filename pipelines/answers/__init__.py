"""Answers about the numbers: what a column means, how a KPI is made, which rule judged a value.

Here live pages that are made from the dictionary, the reference classes, the rules and the dbt project, so
that they cannot say anything else than these. Here must not live: commands, definitions of any of them.
"""
