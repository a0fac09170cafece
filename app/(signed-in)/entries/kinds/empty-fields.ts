import type { FieldsOf } from "@/core/shapes/configuration";

/** The initial fields of a new entry. */
export const EMPTY: FieldsOf = {
  agent: {
    name: "",
    description: "",
    instruction: "",
    model: "inherit",
    tools: [],
    documents: [],
    web_search: false,
    confined: false,
    rights: null,
    finishing: { evaluate: "auto", summarize: "auto", document: "auto" },
    grant: { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null },
    effort: null,
    a2a_answer: "task",
    limits: {
      timeout_seconds: null,
      max_turns: null,
      output_tokens: null,
      ask_timeout_seconds: null,
      ask_default: null,
    },
  },
  document: { name: "", description: "", body: "" },
  runbook: {
    name: "",
    description: "",
    text: `---
name: new-runbook
description: What it does, and on what.
match:
  - words in a matching task
---

# New runbook

## Look at the folder

\`\`\`step
call: list_directory
with:
  path: .
save: found
\`\`\`

## Say what was found

\`\`\`step
end:
  status: success
  result: 'The folder holds {{found}}.'
\`\`\`
`,
  },
};
