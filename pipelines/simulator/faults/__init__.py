"""Faults on purpose, each single one written down in truth/faults.csv.

`catalogue` says what there is and which rules should name it; `signals` falsify what an instrument shows,
`records` what a logger writes, `cells` and `lines` how it is spelt, `files` the bytes that land.
Here must not live: finding them again, which is the product's task.
"""

from pipelines.simulator.faults.catalogue import CATALOGUE, Fault
from pipelines.simulator.faults.defects import CLASSES, INPUTS
from pipelines.simulator.faults.injection import Faults
from pipelines.simulator.faults.labels import LOG_SCHEMA
from pipelines.simulator.faults.wanted import Wanted, wanted_faults

__all__ = ["CATALOGUE", "CLASSES", "INPUTS", "LOG_SCHEMA", "Fault", "Faults", "Wanted", "wanted_faults"]
