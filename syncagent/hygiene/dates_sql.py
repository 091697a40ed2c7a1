"""The same dates in DuckDB: one row for each date a text column names."""

from __future__ import annotations

from syncagent.hygiene.dates import (
    BETWEEN,
    FULL,
    NARROW,
    NO_YEAR,
    REWRITES,
    SHORT_YEAR,
    WIDE,
    YEAR_LAST,
    YEAR_MONTH,
)

_DATES = """
SELECT id, subject, ARG_MIN(day, 2 * ABS(day - {today}) - CASE WHEN day > {today} THEN 1 ELSE 0 END) AS dated
FROM (
  SELECT id, subject, word, TRY_CAST(
    CASE WHEN REGEXP_FULL_MATCH(word, '{full}') THEN
           p[1] || '-' || LPAD(p[2], 2, '0') || '-' || LPAD(p[3], 2, '0')
         WHEN REGEXP_FULL_MATCH(word, '{short_year}') THEN
           '20' || p[1] || '-' || LPAD(p[2], 2, '0') || '-' || LPAD(p[3], 2, '0')
         WHEN REGEXP_FULL_MATCH(word, '{year_last}') THEN
           p[3] || '-' || LPAD(p[1], 2, '0') || '-' || LPAD(p[2], 2, '0')
         WHEN REGEXP_FULL_MATCH(word, '{year_month}') THEN p[1] || '-' || LPAD(p[2], 2, '0') || '-01'
         WHEN REGEXP_FULL_MATCH(word, '{no_year}') THEN
           CAST(YEAR(DATE '1970-01-01' + CAST({today} AS INTEGER)) + near.shift AS VARCHAR)
           || '-' || LPAD(p[1], 2, '0') || '-' || LPAD(p[2], 2, '0')
    END AS DATE) - DATE '1970-01-01' AS day
  FROM (
    SELECT id, subject, word, STRING_SPLIT(word, '/') AS p
    FROM (SELECT id, subject, UNNEST(REGEXP_SPLIT_TO_ARRAY({plain}, '{between}')) AS word FROM ({texts}))
  ) CROSS JOIN (VALUES (-1), (0), (1)) AS near(shift)
) GROUP BY id, subject, word HAVING dated IS NOT NULL"""


def dates_sql(texts: str, today: str) -> str:
    """Build the SELECT of ``id``, ``subject``, ``dated`` over a SELECT of ``id``, ``subject`` (the text)."""
    plain = f"TRANSLATE(subject, '{WIDE}', '{NARROW}')"
    for pattern, rewritten in REWRITES:
        plain = f"REGEXP_REPLACE({plain}, '{pattern}', '{rewritten}', 'g')"
    return _DATES.format(
        texts=texts,
        today=today,
        plain=plain,
        between=BETWEEN,
        full=FULL,
        short_year=SHORT_YEAR,
        year_last=YEAR_LAST,
        year_month=YEAR_MONTH,
        no_year=NO_YEAR,
    )
