-- Overlapping readings of one feed would count twice. That is the data's fault: it warns and blocks nothing.
{{ config(severity='warn') }}

select site_id, source, interval_start_utc, sum(covered_mw_s) as covered_mw_s, max(expected_mw_s) as expected_mw_s,
from {{ ref('int_source_5min') }}
where expected_mw_s > 0
group by site_id, source, interval_start_utc
having sum(covered_mw_s) > max(expected_mw_s)
