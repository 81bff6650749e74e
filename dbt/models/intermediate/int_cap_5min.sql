with caps as (
    select
        site_id,
        cap_mw,
        from_utc,
        lead(from_utc, 1, timestamp '9999-12-31') over (
            partition by site_id, connection_id order by from_utc
        ) as until_utc,
    from {{ source('reference', 'grid_caps') }}
)

select
    flows.site_id,
    flows.local_date,
    flows.interval_start_utc,
    flows.mw as grid_mw,
    flows.is_bound,
    flows.measured_pct,
    flows.source_interval_s,
    {{ amount('sum(caps.cap_mw)') }} as cap_mw,
from {{ ref('int_source_5min') }} as flows
left join caps
    on caps.site_id = flows.site_id
    and flows.interval_start_utc >= caps.from_utc
    and flows.interval_start_utc < caps.until_utc
where flows.source = 'grid'
group by all
