with predictions as (
    select
        days.site_id,
        days.local_date,
        days.observed_h,
        {{ amount('fit.intercept_h + fit.slope * days.deficit_mwh') }} as predicted_h,
        fit.baseline_days,
        fit.cv,
        fit.autocorrelation,
        case when fit.site_id is null then coalesce(days.reason, 'no_clean_baseline') else days.reason end as reason,
    from {{ ref('int_avoided_baseline_days') }} as days
    left join {{ ref('int_avoided_regression') }} as fit using (site_id)
    where not days.is_baseline
),

savings as (
    select
        site_id,
        count(*) as m,
        cast(sum(predicted_h - observed_h) as double) / nullif(cast(sum(predicted_h) as double), 0) as savings,
    from predictions
    where reason is null
    group by site_id
)

select
    site_id,
    local_date,
    case when reason is null then predicted_h end as predicted_h,
    case when reason is null then predicted_h - observed_h end as avoided_h,
    case when reason is null then {{ unrounded('savings', 8) }} end as fractional_savings,
    case when reason is null then
        {{ unrounded(
            '1.645 * 1.26 * cv / nullif(abs(savings), 0) * sqrt(baseline_days'
            ~ ' / (baseline_days * (1 - autocorrelation) / (1 + autocorrelation))'
            ~ ' * (1 + 2 / (baseline_days * (1 - autocorrelation) / (1 + autocorrelation))) / m)', 8
        ) }}
    end as savings_uncertainty,
    reason,
from predictions
left join savings using (site_id)
