"""Faults that no single sensor can reveal, found by its neighbours (docs/methods/power_and_balance.md).

Arrays of one site and day in, verdicts out: what each meter's witnesses say of it, and which one meter
explains the day. Here must not live: files, SQL, gates (reference.parameters), mending of readings.
"""
