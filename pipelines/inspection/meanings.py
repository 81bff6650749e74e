"""What a name says: the unit in it, and the column of the readings it sounds like.

Words only; values are `columns`. Here must not live: any contract, any device.
"""

import re

from pipelines.campus.naming import COLUMNS
from pipelines.campus.units import UNITS, convertible
from pipelines.inspection.guess import Guess, sure, unknown, unsure
from pipelines.kinds import Meaning

_WRITTEN: dict[str, str] = {
    "MW": "mw megawatt megawatts", "kW": "kw kilowatt kilowatts", "W": "watt watts",
    "MWh": "mwh megawatthours", "kWh": "kwh kilowatthours", "Wh": "wh", "Mvar": "mvar", "kvar": "kvar",
    "Hz": "hz", "%": "% pct percent", "fraction": "fraction", "ppm": "ppm ppmv ppmvd", "ppb": "ppb",
    "scf/h": "scfh", "kscf/h": "kscfh", "MMscf/h": "mmscfh", "mmBtu/h": "mmbtu/hr mmbtu/h",
    "lb/mmBtu": "lb/mmbtu lbs/mmbtu", "lb": "lb lbs", "lb/h": "lb/h lb/hr", "kg": "kg", "kg/h": "kg/h",
    "short_ton": "short_tons", "°C": "°c degc deg_c celsius", "°F": "°f degf deg_f fahrenheit",
    "kPa": "kpa", "hPa": "hpa", "mbar": "mbar",
}  # fmt: skip
SPELLINGS = {word.replace("_", " "): unit for unit, words in _WRITTEN.items() for word in words.split()}
"""How sources write units, in small letters → the unit."""
LETTERS = {"w": "W", "c": "°C", "f": "°F", "h": "h"}
"""Units of one letter, which count in brackets only, and never surely."""
TEMPERATURES = {"c": "°C", "f": "°F"}
IN_BRACKETS = re.compile(r"[\[(]\s*([^\[\]()]+?)\s*[\])]")
FOREIGN = (
    r"^((w|kwhr?|cd)/m\^?2|mmbtu|1000 lb/hr|lx|m/s|deg(ree)?s?|mm|cm|km|m|mv|v|vdc|vac|a|[mu]g/m3|code|tenths"
    r"|(€|\$|aud|usd|eur)/mwh)$"
)
"""Units in brackets that no column of the readings has."""
WORDS: tuple[tuple[str, str], ...] = (
    ("demand_adjusted_mw", r"demand.*adjusted"),
    ("demand_imputed_mw", r"demand.*imputed"),
    ("nox_ppm_15o2", r"nox.*15"),
    ("nox_lb_per_mmbtu", r"nox.*(rate|lb.*mmbtu)"),
    ("nox_lb", r"nox.*(mass|lb)"),
    ("nox_ppm", r"nox"),
    ("co2_short_tons", r"co2.*(mass|ton)"),
    ("co2_pct", r"co2"),
    ("o2_pct", r"\bo2\b|oxygen"),
    ("co_ppm", r"\bco\b|carbon monoxide"),
    ("heat_input_mmbtu_h", r"heat input"),
    ("gross_mw", r"gross"),
    ("fuel_flow_scfh", r"fuel|gas flow"),
    ("operating_time_h", r"op(erating)? time"),
    ("soc_pct", r"\bsoc\b|state of charge|\bsoe\b"),
    ("soh_pct", r"\bsoh\b|state of health"),
    ("available_discharge_mw", r"avail.*discharge|discharge.*avail|^discharge kw"),
    ("available_charge_mw", r"avail.*charge|charge.*avail|^charge kw"),
    ("energy_discharged_mwh", r"discharge|register out|energy out"),
    ("energy_charged_mwh", r"charge|register in|energy in"),
    ("frequency_hz", r"freq|\bhz\b"),
    ("relative_humidity_pct", r"humid|\brh\b"),
    ("pressure_kpa", r"press"),
    ("ambient_c", r"ambient|air temp|^temp f|temp.* 2m"),
    ("temperature_c", r"temp"),
    ("demand_mw", r"demand|netzlast|system load"),
    ("battery_mw", r"batt|bess|\bpack|block|^p (mw|kw)$|^power (mw|kw)$"),
    ("load_mw", r"hall|feeder|load|consum|gpu|power ?ave"),
    ("energy_mwh", r"register|energy|grid|import"),
    ("grid_mw", r"grid|import|utility|mains|substation"),
    ("gross_mw", r"\bgt ?\d*\b|turbine|\bgen|gross|\bct\b|erdgas|output"),
    ("reactive_mvar", r"reactive|\bmvar\b|\bkvar\b"),
    ("monitor_status", r"monitor"),
    ("status", r"stat(us|e)"),
)
"""Column of the readings, and the words it goes by; the first that fits the unit counts."""


def unit_of(name: str) -> Guess:
    """The unit that a name of a column or of a tag names."""
    for inner in reversed(IN_BRACKETS.findall(name)):
        unit = SPELLINGS.get(inner.lower()) or (inner if inner in UNITS and len(inner) > 1 else None)
        if unit is not None:
            return sure(unit, f"{inner!r} in the name")
        if inner.lower() in LETTERS:
            return unsure(LETTERS[inner.lower()], f"{inner!r} in the name")
    words = _words(name)
    for word in reversed(words):
        if word in SPELLINGS:
            return sure(SPELLINGS[word], f"{word!r} in the name")
    if "temp" in name.lower() and words[-1] in TEMPERATURES:
        return sure(TEMPERATURES[words[-1]], f"a temperature in {words[-1]!r}")
    foreign = [inner for inner in IN_BRACKETS.findall(name) if re.search(FOREIGN, inner, re.IGNORECASE)]
    if foreign:
        return sure(None, f"{foreign[-1]!r} in the name is no unit that Headroom has")
    return unknown("the name has no unit")


def column_of(name: str, unit: Guess, *, is_counter: bool = False) -> Guess:
    """The column of the readings that a name sounds like, of those its unit can become.

    A register counts up in a column of amounts; a mean power is none.
    """
    if unit.is_sure and unit.value is None:
        return unknown(unit.evidence)
    if name in COLUMNS:
        return sure(name, "the name is Headroom's own")
    said = " ".join(_words(name))
    for column, pattern in WORDS:
        if _fits(column, unit.value, is_counter) and re.search(pattern, said):
            return unsure(column, "it sounds like it")
    return unknown("the name does not say")


def _fits(column: str, unit: object, is_counter: bool) -> bool:
    if column not in COLUMNS or not COLUMNS[column][1].is_number:
        return unit == ""
    if is_counter != (COLUMNS[column][1].meaning is Meaning.AMOUNT) and unit in ("kWh", "MWh", "Wh"):
        return False
    return unit is None or (unit != "" and convertible(str(unit), COLUMNS[column][1].unit))


def _words(name: str) -> list[str]:
    """The words of a name in small letters: `M1.GRID.A.KW` → m1, grid, a, kw."""
    return [word for word in re.split(r"[\s._\-()\[\]:,;#|]+", name.lower()) if word] or [""]
