with units as (
    select
        *,
        coalesce(peak_heat_input_mmbtu_h, nameplate_mw * {{ parameter('peak_heat_rate_mmbtu_mwh') }}) as heat_input_mmbtu_h,
        100 * nameplate_mw * {{ factor('mmbtu_per_mwh') }} / nullif(peak_heat_input_mmbtu_h, 0) as efficiency_pct,
    from {{ source('reference', 'devices') }}
    where kind = 'unit'
),

unit_limits as (
    select
        units.site_id,
        units.device_id as unit_id,
        limits.limit_id,
        coalesce(limits.standard_id, limits.limit_id) as standard_id,
        limits.pollutant,
        limits.value as limit_value,
        case
            when limits.averaging <> 'by_cycle' then limits.averaging
            when units.cycle = 'simple' then '4_operating_hours'
            when units.cycle = 'heat_recovery' then '30_operating_days'
            else 'unknown'
        end as averaging,
        limits.averaged_column,
        limits.weighting,
        case when limits.rounding_rule = 'half_away_from_zero' then limits.limit_decimals end as limit_decimals,
        limits.sus_rule,
        coalesce(limits.min_valid_pct, 100) as min_valid_pct,
        limits.verified_by is not null as limit_is_verified,
        units.nameplate_mw,
        units.heat_input_mmbtu_h,
        units.efficiency_pct,
        greatest(units.valid_from, limits.valid_from, listed.valid_from) as valid_from,
        least(units.valid_to, limits.valid_to, listed.valid_to) as valid_to,
    from units
    inner join {{ source('reference', 'permit_limits') }} as limits
        on limits.scope = 'unit'
        and limits.basis = 'actual'
        and limits.is_enabled
        and limits.averaged_column is not null
        and (limits.site_id is null or limits.site_id = units.site_id)
    left join {{ source('reference', 'limit_units') }} as listed
        on listed.limit_id = limits.limit_id and listed.unit_id = units.device_id
    where
        listed.unit_id is not null
        or (
            limits.limit_id not in (select limit_id from {{ source('reference', 'limit_units') }})
            and case
                when limits.commenced_from is null and limits.commenced_to is null then true
                when units.commenced_on is null then units.nsps_subpart = limits.standard_id
                else coalesce(units.commenced_on >= limits.commenced_from, true)
                    and coalesce(units.commenced_on < limits.commenced_to, true)
            end
        )
),

judged_limits as (
    select
        limits.* exclude (nameplate_mw, efficiency_pct),
        {{ all_hold(comparison_holds(
            "case conditions.quantity when 'nameplate_mw' then limits.nameplate_mw"
            ~ " when 'heat_input_mmbtu_h' then limits.heat_input_mmbtu_h"
            ~ " when 'efficiency_pct' then limits.efficiency_pct end",
            'conditions'
        )) }} as surely_applies,
    from unit_limits as limits
    left join {{ source('reference', 'limit_conditions') }} as conditions
        on conditions.limit_id = limits.limit_id
        and conditions.quantity in ('nameplate_mw', 'heat_input_mmbtu_h', 'efficiency_pct')
        and conditions.valid_to is null
    group by all
)

select
    *,
    limit_id not in (
        select limit_id
        from {{ source('reference', 'limit_conditions') }}
        where quantity in ('load_min_pct', 'ambient_min_c')
    ) as is_standing,
from judged_limits
where surely_applies is distinct from false
