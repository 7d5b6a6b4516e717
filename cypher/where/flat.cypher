// Operand: a scalar of the metadata or the parameters by its path; where an object has many, those
// that have no property of their own lie in a list (models/metadata.py).
// $key: string
coalesce(
  n[$key],
  head([
    text IN n['beyond.' + split($key, '.')[0]] WHERE text STARTS WITH $key + '\t' |
    CASE
      WHEN text STARTS WITH $key + '\ts' THEN substring(text, size($key) + 2)
      WHEN text STARTS WITH $key + '\tb' THEN toBoolean(substring(text, size($key) + 2))
      ELSE toFloat(substring(text, size($key) + 2))
    END
  ])
)
