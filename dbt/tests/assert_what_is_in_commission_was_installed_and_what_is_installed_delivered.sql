select site_id, kind, month, delivered, installed, commissioned, available,
from {{ ref('delivery_funnel') }}
where installed > delivered or commissioned > installed or available > commissioned
