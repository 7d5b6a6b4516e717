"""What the codes mean that only HTTP knows; ``errors`` has the others."""

CODES = {
    "BAD_REQUEST": "The request is none of GraphQL over HTTP.",
    "BODY_TOO_LARGE": "The body is larger than a request may be.",
    "BODY_TOO_SLOW": "The body did not arrive in time.",
    "METHOD_NOT_ALLOWED": "The HTTP method cannot do this.",
    "NOT_ACCEPTABLE": "The answer cannot be had in a media type that is asked for.",
    "UNSUPPORTED_MEDIA_TYPE": "The body is not JSON in UTF-8, as it is.",
}
