/** The saved queries that GraphiQL offers. They run on the data that `make demo` leaves. */

export interface Example {
  name: string;
  /** One sentence: what the answer tells. */
  description: string;
  query: string;
  variables?: Record<string, unknown>;
}

const placeholder = (number: number): Example => ({
  name: `Example ${number}`,
  description: "What the answer of this query tells, in one sentence that may take two lines.",
  query: `query Example${number} {
  __typename
}
`,
});

export const examples: readonly Example[] = [1, 2, 3, 4, 5, 6, 7, 8].map(placeholder);
