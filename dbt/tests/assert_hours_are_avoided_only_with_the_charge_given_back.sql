-- I2 (kpis.md §9.2): what is borrowed lowers the neutral figure, and nothing is lent.
select *
from {{ ref('turbine_hours_avoided_daily') }}
where soc_borrowed_mwh < 0
    or avoided_soc_neutral_h > avoided_h
    or (soc_borrowed_mwh > 0 and avoided_soc_neutral_h >= avoided_h)
