import type { Fetcher } from "@graphiql/toolkit";
import { GraphQLError, Kind, parse } from "graphql";

/** Send one operation to the service; the header shows that the page did it, not a foreign form. */
export const fetcher: Fetcher = async ({ query, variables, operationName }, options) => {
  let response: Response;
  try {
    response = await fetch("/graphql", {
      method: "POST",
      headers: {
        accept: "application/graphql-response+json, application/json",
        "content-type": "application/json",
        "x-graph-api": "1",
        ...options?.headers,
      },
      body: JSON.stringify({
        query,
        variables,
        operationName: isIn(query, operationName) ? operationName : undefined,
      }),
    });
  } catch {
    return failure("The service does not answer.");
  }
  if (response.headers.get("content-type")?.includes("json")) {
    return response.json();
  }
  return failure(
    `The service answered ${response.status} ${response.statusText}: ${await response.text()}`,
  );
};

/**
 * GraphiQL reads a changed text only after 100 ms; until then it names the operation of the text
 * before, which the service would have to refuse.
 */
function isIn(query: string, operationName: string | null | undefined): boolean {
  try {
    return parse(query).definitions.some(
      (definition) =>
        definition.kind === Kind.OPERATION_DEFINITION && definition.name?.value === operationName,
    );
  } catch {
    return false;
  }
}

function failure(message: string) {
  return { errors: [new GraphQLError(message)] };
}
