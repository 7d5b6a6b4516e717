import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type Example, examples } from "./examples";

export const variablesOf = ({ variables }: Example): string =>
  variables ? JSON.stringify(variables, null, 2) : "";

/** One button per saved query. Text that someone wrote is never replaced: the query takes a new tab. */
function Examples() {
  const { addTab } = useGraphiQLActions();
  const { queryEditor, variableEditor, responseEditor } = useGraphiQL((state) => ({
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
    responseEditor: state.responseEditor,
  }));

  const open = (example: Example) => {
    const text = queryEditor?.getValue().trim() ?? "";
    if (text !== "" && !examples.some(({ query }) => query.trim() === text)) {
      addTab();
    }
    queryEditor?.setValue(example.query);
    variableEditor?.setValue(variablesOf(example));
    responseEditor?.setValue("");
  };

  return (
    <section aria-label="Examples">
      <div className="graphiql-doc-explorer-title">Examples</div>
      <ul className="examples">
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" onClick={() => open(example)}>
              <strong>{example.name}</strong>
              <span>{example.description}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 6.5h2M4 12h2M4 17.5h2M10 6.5h10M10 12h10M10 17.5h10" strokeLinecap="round" />
    </svg>
  );
}

export const examplesPlugin: GraphiQLPlugin = {
  title: "Examples",
  icon: ExamplesIcon,
  content: Examples,
};
