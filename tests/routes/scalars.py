"""What schemathesis puts where the schema has scalars of its own, right and wrong."""

from hypothesis import strategies as st
from schemathesis import graphql
from schemathesis.graphql import nodes

TEXTS = st.text(max_size=20).map(nodes.String)
for name in ("AsOf", "JSON", "BigInt", "Base64", "DateTime"):
    graphql.scalar(name, TEXTS)
