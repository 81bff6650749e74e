with periods as (
    select
        *,
        unnest([strftime(month, '%Y'), strftime(month, '%Y-%m')]) as period,
        system_mw + case when includes_campus then 0 else campus_mw end as inclusive_mw,
        system_mw - case when includes_campus then campus_mw else 0 end as exclusive_mw,
    from {{ ref('int_campus_in_system') }}
),

ranked as (
    select
        *,
        row_number() over (partition by site_id, system_id, period order by system_mw desc, interval_start_utc)
            as interval_rank,
        row_number() over (partition by site_id, system_id, period, month order by system_mw desc, interval_start_utc)
            as month_rank,
        row_number() over (partition by site_id, system_id, period, local_date order by system_mw desc, interval_start_utc)
            as date_rank,
        system_mw = max(system_mw) over (partition by site_id, system_id, period) as is_tied_with_peak,
    from periods
),

dates as (
    select *, row_number() over (partition by site_id, system_id, period order by interval_rank) as daily_rank,
    from ranked
    where date_rank = 1
),

definitions as (
    select 'coincident_inclusive' as definition, 1 as n, *, interval_rank = 1 as is_chosen, inclusive_mw as denominator_mw,
    from ranked
    where is_tied_with_peak
    union all by name
    select 'coincident_exclusive' as definition, 1 as n, *, interval_rank = 1 as is_chosen, exclusive_mw as denominator_mw,
    from ranked
    where is_tied_with_peak
    union all by name
    select 'monthly_cp' as definition, 12 as n, *, true as is_chosen, inclusive_mw as denominator_mw,
    from ranked
    where month_rank = 1 and length(period) = 4
    union all by name
    select 'monthly_cp' as definition, 4 as n, *, true as is_chosen, inclusive_mw as denominator_mw,
    from ranked
    where month_rank = 1 and length(period) = 4 and month(month) between 6 and 9
    union all by name
    select 'daily_cp' as definition, 5 as n, * exclude (daily_rank), true as is_chosen, inclusive_mw as denominator_mw,
    from dates
    where daily_rank <= 5
    union all by name
    select 'top_n' as definition, 10 as n, *, true as is_chosen, inclusive_mw as denominator_mw,
    from ranked
    where interval_rank <= 10
)

select *, from definitions
