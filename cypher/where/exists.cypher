// There is a value, if $value; else there is none.
// $value: bool
(operand IS NOT NULL) = $value
