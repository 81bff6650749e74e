with baseline as (
    select site_id, local_date, deficit_mwh, observed_h,
    from {{ ref('int_avoided_baseline_days') }}
    where is_baseline and reason is null
),

sums as (
    select
        site_id,
        count(*) as n,
        cast(sum(deficit_mwh) as double) as x,
        cast(sum(observed_h) as double) as y,
        cast(sum(deficit_mwh * deficit_mwh) as double) as xx,
        cast(sum(deficit_mwh * observed_h) as double) as xy,
    from baseline
    group by site_id
),

lines as (
    select site_id, n, y / n as mean_h, (n * xy - x * y) / nullif(n * xx - x * x, 0) as slope, (y - slope * x) / n as intercept,
    from sums
),

residuals as (
    select
        site_id,
        {{ amount('observed_h - intercept - slope * deficit_mwh') }} as residual_h,
        lag(residual_h) over (partition by site_id order by local_date) as before_h,
    from baseline
    inner join lines using (site_id)
)

select
    site_id,
    cast(lines.n as integer) as baseline_days,
    {{ amount('any_value(intercept)') }} as intercept_h,
    {{ amount('any_value(lines.slope)') }} as slope,
    {{ amount('sqrt(cast(sum(residual_h * residual_h) as double) / nullif(lines.n - 2, 0))') }} as rmse_h,
    {{ unrounded('sqrt(cast(sum(residual_h * residual_h) as double) / nullif(lines.n - 2, 0)) / nullif(any_value(mean_h), 0)', 8) }} as cv,
    {{ amount('coalesce(cast(sum(residual_h * before_h) as double) / nullif(cast(sum(residual_h * residual_h) as double), 0), 0)') }}
        as autocorrelation,
from residuals
inner join lines using (site_id)
group by site_id, lines.n
having lines.n > 2 and any_value(lines.slope) is not null
