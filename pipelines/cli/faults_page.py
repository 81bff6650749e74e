"""The tables of faults in docs/methods/faults.md.

Made here because only commands know the simulator. Here must not live: a fault (`pipelines.simulator`).
"""

from collections.abc import Callable, Iterable, Mapping

from pipelines.answers.markdown import table
from pipelines.simulator.faults import CATALOGUE, CLASSES, INPUTS, Fault


def fault_table() -> str:
    """Every fault: what it is, its rate if none is given, how it can be seen, what should name it."""
    rows = [
        (
            f"`{fault.name}`",
            fault.says,
            f"{fault.rate:g} of {fault.per}s",
            fault.seen,
            ", ".join(f"`{rule}`" for rule in fault.rules),
        )
        for fault in CATALOGUE.values()
    ]
    return table(("fault", "what is wrong", "default rate", "seen by", "expected"), rows)


def class_table() -> str:
    """The faults of each class of defects."""
    return table(("class", "defect", "faults"), _by_number(CLASSES, lambda fault: fault.classes))


def input_table() -> str:
    """The faults of each kind of bad input."""
    return table(("input", "what is bad", "faults"), _by_number(INPUTS, lambda fault: fault.inputs))


def _by_number(
    words: Mapping[int, str], numbers: Callable[[Fault], tuple[int, ...]]
) -> Iterable[tuple[str, str, str]]:
    for number, says in words.items():
        names = [f"`{fault.name}`" for fault in CATALOGUE.values() if number in numbers(fault)]
        yield str(number), says, ", ".join(names)
