// Less; of texts: earlier in the order of UTF-16.
// $value: any
coalesce(operand < $value, false)
