select * exclude (is_counted, checked_id),
from {{ ref('int_meters') }}
where is_counted
