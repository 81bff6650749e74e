select
    days.site_id,
    limits.unit_id,
    days.local_date,
    case when min(limits.startup_end_rule) = max(limits.startup_end_rule) then max(limits.startup_end_rule) end as startup_end_rule,
    case when min(limits.counted_as) = max(limits.counted_as) then max(limits.counted_as) end as counted_as,
    case
        when min(limits.startup_end_rule) <> max(limits.startup_end_rule) or min(limits.counted_as) <> max(limits.counted_as)
            then 'count_rules_differ'
        when max(limits.startup_end_rule) is null or max(limits.counted_as) is null then 'count_rule_unknown'
    end as reason,
from {{ ref('int_local_days') }} as days
inner join {{ ref('int_summed_limits') }} as limits
    on limits.site_id = days.site_id and limits.counter is not null and {{ is_valid_on('limits', 'days.local_date') }}
group by days.site_id, limits.unit_id, days.local_date
