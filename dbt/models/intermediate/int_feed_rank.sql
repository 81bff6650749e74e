select
    feed_id,
    row_number() over (order by max(priority) desc, feed_id) as feed_rank,
from {{ source('reference', 'feeds') }}
group by feed_id
