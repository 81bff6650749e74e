{#- Whether a unit's status means fuel combusted: TRUE, FALSE, or NULL for a word that does not tell. -#}
{% macro unit_is_fired(status) -%}
    case
        when lower({{ status }}) in (
            'fired', 'running', 'run', 'on', 'online', 'starting', 'startup', 'stopping', 'shutdown', 'spinning', 'loaded'
        ) then true
        when lower({{ status }}) in (
            'off', 'stopped', 'standby', 'idle', 'outage', 'unavailable', 'maintenance', 'reserve', 'not_running'
        ) then false
    end
{%- endmacro %}
