select unit_id, event_id,
from {{ ref('turbine_starts') }}
where ended_at < started_at
