select feed_id, ranks.feed_rank, bool_or(feeds.is_time_declared) as is_time_declared,
from {{ source('reference', 'feeds') }} as feeds
inner join {{ ref('int_feed_rank') }} as ranks using (feed_id)
group by feed_id, ranks.feed_rank
