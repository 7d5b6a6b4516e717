// Begins with a text; case matters.
// $value: string
coalesce(operand STARTS WITH $value, false)
