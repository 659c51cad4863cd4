"""The functions that a query may call, and those of Athena's that DuckDB knows by another name or not at all."""

from __future__ import annotations

from sqlglot import exp

# By the names that sqlglot gives them. Whatever is not here is refused: DuckDB has functions that read files and
# settings, and gets new ones.
_KNOWN = """
    and or not xor case if cast trycast coalesce nullif try typeof greatest least exists
    abs ceil floor round trunc sign sqrt cbrt pow exp ln log pi rand isnan
    count countif sum avg min max argmin argmax anyvalue logicaland logicalor stddev stddevpop stddevsamp variance
    variancepop corr covarpop covarsamp regrslope regrintercept skewness kurtosis approxdistinct approxquantile arrayagg
    arrayuniqueagg groupconcat grouping
    rownumber rank denserank percentrank cumedist ntile lag lead firstvalue lastvalue nthvalue
    lower upper trim length substring replace reverse concat concatws split splitpart strposition startswith pad chr
    translate levenshtein regexplike regexpextract regexpextractall regexpreplace regexpcount hex unhex md5digest
    sha2digest encode decode tobase64
    currentdate currenttimestamp localtimestamp date datetrunc timestamptrunc dateadd datesub datediff timetostr
    strtotime fromiso8601timestamp fromiso8601date unixtotime timetounix year quarter month weekofyear week day
    dayofmonth dayofweekiso dayofyear hour minute second yearofweek lastday extract interval attimezone
    array arraysize arraycontains arraydistinct arraysort arraymax arraymin arraytostring arrayposition arrayremove
    arrayintersect arrayslice flatten generateseries arrayfilter transform map mapkeys struct unnest explode
    jsonextract jsonextractscalar parsejson jsonformat
"""
# Functions that sqlglot passes on as they are: DuckDB's own by that name, or one of the macros.
_BY_NAME = """
    e infinity nan is_finite is_infinite geometric_mean every map_agg histogram array_union arrays_overlap
    from_iso8601_timestamp at_timezone map_values json_array_length codepoint
"""
MACROS = (
    "e() AS exp(1)",
    "infinity() AS CAST('inf' AS DOUBLE)",
    "nan() AS CAST('nan' AS DOUBLE)",
    "is_finite(x) AS isfinite(x)",
    "is_infinite(x) AS isinf(x)",
    "geometric_mean(x) AS geomean(x)",
    "every(x) AS bool_and(x)",
    "map_agg(k, v) AS map(list(k), list(v))",
    "array_union(a, b) AS list_distinct(list_concat(a, b))",
    "arrays_overlap(a, b) AS list_has_any(a, b)",
    "at_timezone(moment, zone) AS timezone(zone, moment)",
    "codepoint(x) AS unicode(x)",
)
FORMAT_DATETIME = "format_datetime"
# Joda's letters in strftime's; longest first.
_JODA = (
    ("yyyy", "%Y"), ("MMMM", "%B"), ("MMM", "%b"), ("EEEE", "%A"), ("EEE", "%a"), ("SSS", "%g"), ("yy", "%y"),
    ("MM", "%m"), ("dd", "%d"), ("HH", "%H"), ("hh", "%I"), ("mm", "%M"), ("ss", "%S"), ("xxxx", "%G"), ("ww", "%V"),
    ("a", "%p"),
)  # fmt: skip


def is_allowed(function: exp.Func) -> bool:
    """Say whether a query may call this function."""
    if isinstance(function, exp.Anonymous):
        return function.name.lower() in (*_BY_NAME.split(), FORMAT_DATETIME)
    return function.key in _KNOWN.split()


def strftime_format(joda: str) -> str | None:
    """Return a Joda pattern as strftime's; None when a letter of it has no counterpart."""
    out, rest = "", joda
    while rest:
        known = next(((letters, format_) for letters, format_ in _JODA if rest.startswith(letters)), None)
        if known is None and rest[0].isalpha():
            return None
        out += known[1] if known else rest[0].replace("%", "%%")
        rest = rest[len(known[0]) if known else 1 :]
    return out
