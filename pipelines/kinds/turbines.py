"""Readings of gas turbines and of their continuous emission monitors."""

from pipelines.kinds.dictionary import Column, Kind, Meaning, code

_MEAN, _HOT, _AMOUNT = Meaning.MEAN, Meaning.COMBUSTING_MEAN, Meaning.AMOUNT

TURBINES = Kind(
    name="turbines",
    device="unit",
    description="Output, fuel and emissions of gas turbines, one row per unit and interval.",
    columns=(
        Column("gross_mw", "MW", _MEAN, -20, 5000, "gross output at the generator terminals"),
        Column("fuel_flow_scfh", "scf/h", _MEAN, 0, 1e8, "fuel gas flow at 68 °F and 29.92 inHg"),
        Column("heat_input_mmbtu_h", "mmBtu/h", _MEAN, 0, 1e5, "heat input, higher heating value"),
        Column("gcv_btu_scf", "Btu/scf", _MEAN, 500, 2000, "gross calorific value of the fuel gas"),
        Column("nox_ppm", "ppm", _HOT, -5, 5000, "NOx concentration as measured, basis by moisture_basis"),
        Column("nox_ppm_15o2", "ppm", _HOT, -5, 5000, "NOx concentration delivered already at 15 % O2, dry"),
        Column("o2_pct", "%", _HOT, 0, 25, "oxygen in the stack gas, basis by moisture_basis"),
        Column("co2_pct", "%", _HOT, 0, 25, "carbon dioxide in the stack gas, basis by moisture_basis"),
        Column("h2o_pct", "%", _HOT, 0, 60, "moisture of the stack gas"),
        code("moisture_basis", "dry or wet: basis of the concentrations; NULL where the source does not say"),
        Column("co_ppm", "ppm", _HOT, -5, 10000, "carbon monoxide concentration as measured"),
        Column("nox_lb_per_mmbtu", "lb/mmBtu", _HOT, 0, 20, "NOx rate as delivered"),
        Column("nox_lb", "lb", _AMOUNT, 0, 1e5, "NOx mass as delivered"),
        Column("co2_short_tons", "short_ton", _AMOUNT, 0, 1e5, "CO2 mass as delivered"),
        Column("stack_flow_scfh", "scf/h", _MEAN, 0, 1e10, "stack gas flow"),
        Column("nh3_flow_lb_h", "lb/h", _MEAN, 0, 1e5, "ammonia flow to the SCR"),
        Column("scr_inlet_temperature_c", "°C", _MEAN, -60, 900, "gas temperature at the SCR inlet"),
        Column("operating_time_h", "h", _AMOUNT, 0, 24, "time of the interval with fuel combusted"),
        code("status", "state of the unit as mapped by the feed contract"),
        code("monitor_status", "state of the emission monitor as mapped by the feed contract"),
        code("modc", "method of determination code of the NOx value (40 CFR 75.57)"),
        code("measure_indicator", "measured, substitute or calculated, as the source says"),
    ),
    has_methods=True,
)
