"""Which devices of a site exist during the simulated time.

Here must not live: what they do.
"""

from pipelines.campus.campus import Campus
from pipelines.campus.tables import Device
from pipelines.simulator.span import Span


def devices_of(campus: Campus, site_id: str, kind: str, span: Span) -> list[Device]:
    """The devices of a kind that are in commission over the whole span, by id."""
    first, last = span.start.date(), span.end.date()
    found = [
        device
        for device in campus.devices.values()
        if (device.site_id, device.kind) == (site_id, kind)
        and (device.commissioned_on is None or device.commissioned_on <= first)
        and (device.retired_on is None or device.retired_on > last)
    ]
    return sorted(found, key=lambda device: device.device_id)
