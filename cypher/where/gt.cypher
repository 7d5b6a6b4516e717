// Greater; of texts: later in the order of UTF-16 (the order of an index is by code points).
// $value: any
coalesce(operand > $value, false)
