/**
 * The saved queries that GraphiQL offers. They run on the data that `make demo` leaves.
 *
 * Each is a file of `examples/`: its first line is its name, its second says in one sentence what
 * the answer tells, and a line `# variables:` may follow.
 */

export interface Example {
  name: string;
  description: string;
  query: string;
  variables?: Record<string, unknown>;
}

const files = import.meta.glob<string>("./examples/*.graphql", {
  eager: true,
  import: "default",
  query: "?raw",
});

const VARIABLES = "# variables: ";

function parsed(text: string): Example {
  const lines = text.split("\n");
  const heading = lines.filter((line) => line.startsWith("#"));
  const [name = "", description = ""] = heading.map((line) => line.slice(2));
  const variables = heading.find((line) => line.startsWith(VARIABLES));
  return {
    name,
    description,
    query: lines.slice(heading.length).join("\n"),
    ...(variables && { variables: JSON.parse(variables.slice(VARIABLES.length)) }),
  };
}

export const examples: readonly Example[] = Object.entries(files)
  .sort(([one], [other]) => one.localeCompare(other, "en", { numeric: true }))
  .map(([, text]) => parsed(text));
