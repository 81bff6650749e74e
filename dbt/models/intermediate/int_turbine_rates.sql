with formulas as (
    select
        * exclude (f_factor, nox_ppm, nox_ppm_15o2, co_ppm),
        nox_ppm as measured_nox_ppm,
        if(nox_ppm < 0, 0, nox_ppm) as nox_ppm,
        if(nox_ppm_15o2 < 0, 0, nox_ppm_15o2) as nox_ppm_15o2,
        if(co_ppm < 0, 0, co_ppm) as co_ppm,
        {{ emission_formula('f_factor') }},
        {{ factor('k_co') }} as k_co,
    from {{ ref('int_turbine_hour_means') }}
),

rates as (
    select
        *,
        {{ emission_rate_per_ppm_15o2() }} as lb_per_mmbtu_per_ppm_15o2,
        {{ emission_rate('nox_ppm', 'k', 'o2_pct', 'co2_pct') }} as formula_rate,
        {{ emission_rate('co_ppm', 'k_co', 'o2_pct', 'co2_pct') }} as co_rate,
        {{ emission_rate_capped('nox_ppm', 'k') }} as capped_rate,
        {{ emission_rate_capped('co_ppm', 'k_co') }} as capped_co_rate,
        case
            when diluent_cap_pct is null or nox_ppm is null then null
            when equation = '19-6' then co2_pct < diluent_cap_pct
            else o2_pct > diluent_cap_pct
        end as diluent_capped,
        running_s > 0 and (valid_quadrants >= operated_quadrants or (is_qa and valid_quadrants >= 2)) as is_valid_hour,
        running_s > 0 and (valid_co_quadrants >= operated_quadrants or (is_qa and valid_co_quadrants >= 2)) as is_valid_co_hour,
    from formulas
)

select
    * exclude (
        nox_lb_per_mmbtu, nox_ppm_15o2, formula_rate, capped_rate, lb_per_mmbtu_per_ppm_15o2, k_co, co_rate, capped_co_rate
    ),
    {{ unrounded(
        'case when is_valid_hour then if(nox_ppm is not null, formula_rate, '
        ~ 'coalesce(nox_ppm_15o2 * lb_per_mmbtu_per_ppm_15o2, nox_lb_per_mmbtu)) end'
    ) }} as nox_lb_per_mmbtu,
    {{ unrounded(
        'case when is_valid_hour then if(nox_ppm is not null, formula_rate / lb_per_mmbtu_per_ppm_15o2, '
        ~ 'coalesce(nox_ppm_15o2, nox_lb_per_mmbtu / lb_per_mmbtu_per_ppm_15o2)) end',
        9
    ) }} as nox_ppm_15o2,
    {{ unrounded('case when is_valid_hour then capped_rate end') }} as nox_lb_per_mmbtu_capped,
    {{ unrounded('case when is_valid_hour then capped_rate / lb_per_mmbtu_per_ppm_15o2 end', 9) }} as nox_ppm_15o2_capped,
    {{ unrounded('case when is_valid_co_hour then co_rate end') }} as co_lb_per_mmbtu,
    {{ unrounded('case when is_valid_co_hour then capped_co_rate end') }} as co_lb_per_mmbtu_capped,
    {{ unrounded('case when is_valid_co_hour then co_rate / lb_per_mmbtu_per_ppm_15o2 * k / k_co end', 9) }} as co_ppm_15o2,
    case
        when running_s is null then 'op_time_unknown'
        when running_s = 0 then 'not_operating'
        when nox_ppm is null or not is_valid_hour or formula_rate is not null then null
        when equation = '19-1' and o2_pct >= air_pct then 'o2_not_below_20_9'
        when equation = '19-6' and co2_pct <= 0 then 'co2_not_positive'
        when equation in ('19-2', '19-3', '19-5') and o2_pct is not null and coalesce(h2o_pct, bwa_pct) is not null
            then 'nonpositive_denominator'
    end as rate_reason,
from rates
