"""What every dbt model in Python needs of us; the models themselves lie in dbt/.

Here must not live: what a model says.
"""

import asyncio


def close_event_loop() -> None:
    """Closes the event loop that dbt's adapter opens for each Python model and never closes."""
    loop = asyncio.get_event_loop()
    if not loop.is_running():
        loop.close()
        asyncio.set_event_loop(None)
