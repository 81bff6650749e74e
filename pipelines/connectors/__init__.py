"""Public services → `landing/`: what a service answers becomes a file of a feed, unchanged.

One module a service says what to ask and how to look at an answer (`eia930`, `campd`, `weather`); the
rest is the same for all: how politely it is asked (`manners`, `client`), what was fetched (`ledger`), what
is to be fetched (`tasks`) and the fetching itself (`fetching`). Here must not live: reading what was
fetched (`pipelines.readers`), or any service that is not public.
"""

from pipelines.connectors.campd import CAMPD
from pipelines.connectors.eia930 import EIA930
from pipelines.connectors.service import Service
from pipelines.connectors.weather import WEATHER

SERVICES: dict[str, Service] = {service.name: service for service in (EIA930, CAMPD, WEATHER)}
"""Name → service: the same names as in `connections.csv`, on the command line and in asset keys."""
