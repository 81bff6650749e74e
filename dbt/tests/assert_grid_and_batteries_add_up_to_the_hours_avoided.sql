-- Shares of the Shapley attribution (kpis.md §9.2, I6); each is rounded to a millionth of an hour.
select *
from {{ ref('turbine_hours_avoided_daily') }}
where abs(grid_h + battery_h - (before_upgrade_h - modelled_h)) > 0.000002
    or abs(battery_h - interaction_h / 2 - battery_only_h) > 0.000002
    or (grid_h is null) <> (attribution_reason is not null)
