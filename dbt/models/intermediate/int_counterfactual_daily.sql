select
    site_id,
    scenario,
    local_date,
    {% for model in ['without_battery', 'modelled', 'before_upgrade', 'before_upgrade_modelled'] %}
        cast(sum({{ model }}_units) as bigint) as {{ model }}_unit_steps,
        cast(sum({{ model }}_starts) as bigint) as {{ model }}_starts,
        cast(sum({{ model }}_w) as bigint) as {{ model }}_watt_steps,
    {% endfor %}
    cast(sum(unserved_w) as bigint) as unserved_watt_steps,
    cast(sum(modelled_import_w - without_battery_import_w) as bigint) as extra_import_watt_steps,
from {{ ref('int_dispatch_5min') }}
group by site_id, scenario, local_date
