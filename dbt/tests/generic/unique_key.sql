{#- No two rows share the key; NULL counts as a value (site rows have device_id NULL). -#}
{% test unique_key(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by all
having count(*) > 1
{% endtest %}
