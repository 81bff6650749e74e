with days as (
    select
        site_id,
        local_date,
        sum(operating_time_h) as turbine_h,
        sum(last_resort_h) as last_resort_h,
        sum(test_h) as test_h,
        sum(unknown_h) as unknown_h,
        case when count(gross_mwh) = count(*) then sum(gross_mwh) end as turbine_mwh,
        case when count(nameplate_mw) = count(*) then sum(nameplate_mw) end as capability_mwh,
        count(operating_time_h) as known_hours,
        count(*) as unit_hours,
    from {{ ref('int_last_resort_unit_hours') }}
    group by grouping sets ((site_id, local_date), (local_date))
),

judged as (
    select
        *,
        case
            when known_hours < unit_hours then 'missing_source:turbine'
            when turbine_h = 0 then 'no_turbine_hours'
            when unknown_h * 100 > turbine_h * (100 - {{ parameter('coverage_gate_pct') }}) then 'conditions_unknown'
        end as reason,
    from days
)

select
    site_id,
    coalesce(site_id, 'campus') as boundary,
    local_date,
    case when known_hours = unit_hours then {{ amount('turbine_h') }} end as turbine_h,
    case when known_hours = unit_hours then {{ amount('last_resort_h') }} end as last_resort_h,
    case when known_hours = unit_hours then {{ amount('test_h') }} end as test_h,
    case when known_hours = unit_hours then {{ amount('unknown_h') }} end as unknown_h,
    case when reason is null then {{ amount('100 * last_resort_h / turbine_h') }} end as last_resort_pct,
    {{ amount('100 * turbine_mwh / nullif(capability_mwh, 0)') }} as capacity_factor_pct,
    {{ amount('capability_mwh') }} as capability_mwh,
    coalesce(unknown_h, 0) > 0 as is_bound,
    {{ amount('100 * (known_hours - coalesce(unknown_h, 0)) / unit_hours') }} as data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from judged
order by site_id nulls first, local_date
