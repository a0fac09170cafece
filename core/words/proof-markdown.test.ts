import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { expect, test } from "vitest";
import type { Proof, ProofClaim } from "@/core/shapes/proof";
import { NO_COUNTS } from "./counts";
import { proofMarkdown } from "./proof-markdown";

const claim = (fields: Partial<ProofClaim>): ProofClaim => ({
  statement: "Every test is green",
  command: "npm test",
  mark: "shown",
  exit_status: 0,
  output: "219 passed",
  task: "root",
  agent: "coder",
  at: "2026-11-23T13:30:02.000Z",
  judged_by: null,
  ...fields,
});

const proof = (fields: Partial<Proof> = {}): Proof => ({
  tree_id: "t",
  task_id: null,
  title: "Order totals are one cent off",
  status: "succeeded",
  reason: null,
  reason_detail: null,
  result: "Fixed.",
  headline: "Fixed.",
  counts: { ...NO_COUNTS, succeeded: 1 },
  started_by: "Mara Lind",
  created_at: "2026-11-23T13:14:00.000Z",
  ended_at: "2026-11-23T13:30:00.000Z",
  asked: [],
  claims: [claim({}), claim({ statement: "It reads well", mark: "judged", exit_status: null, output: null })],
  corrected: [],
  files: {
    items: [
      {
        path: "src/total.ts",
        change: "modified",
        additions: 7,
        deletions: 5,
        blob_before: "a".repeat(40),
        blob_after: "b".repeat(40),
      },
    ],
    total: 1,
    additions: 7,
    deletions: 5,
    from: "c".repeat(40),
    to: "d".repeat(40),
    folder: "shop",
    problem: null,
  },
  decisions: [],
  spend: [{ agent: "coder", model: "m", tasks: 1, turns: 15, tokens_in: 22_000, tokens_out: 900, cost_usd: 0.47 }],
  total: { tokens_in: 22_000, tokens_out: 900, cost_usd: 0.47 },
  cap: { cost_usd: 5, tokens: null },
  versions: [{ version: "1.2.0", commit: "e".repeat(40) }],
  made_with: "1.2.0",
  made_at: "2026-11-23T13:42:00.000Z",
  left_out: { asked: 0, claims: 0, corrected: 0, files: 0, decisions: 0, spend: 0 },
  ...fields,
});

/** As a forge shows it. Raw HTML is shown as text, or left out. */
const shown = (text: string, skipHtml = false) =>
  renderToStaticMarkup(createElement(ReactMarkdown, { remarkPlugins: [remarkGfm], skipHtml }, text));

test("the text has a heading, the claims, the files and the cost as tables", () => {
  const text = proofMarkdown(proof(), { link: "https://banyan.example/proof/abc" });
  expect(text.split("\n").slice(0, 3)).toEqual([
    "## Order totals are one cent off",
    "",
    "**Succeeded** on 2026-11-23 13:30 UTC: 1 claim shown, 1 judged, 1 file, +7 −5, \\$0.47 of \\$5.00.",
  ]);
  expect(text).toContain("| Every test is green | `npm test` | Shown, exit 0 |");
  expect(text).toContain(`| \`src/total.ts\` | modified | +7 −5 | \`${"b".repeat(40)}\` |`);
  expect(text).toContain("| coder | m | 15 | 22k in, 900 out | \\$0.47 |");
  expect(text).toContain("[Proof with output](https://banyan.example/proof/abc)");
  expect(text).not.toContain("219 passed");
  expect(proofMarkdown(proof(), { output: true })).toContain("```text\n$ npm test\n219 passed\n```");
  expect(shown(text).match(/<table>/g)).toHaveLength(3);
});

test("what was not recorded, and what is left out, is said", () => {
  const left_out = { ...proof().left_out, claims: 3 };
  const text = proofMarkdown(proof({ versions: [], left_out }));
  expect(text).toContain("The version of Banyan that did the work was not recorded.");
  expect(text).toContain("3 claims more not listed.");
  expect(text).toContain("No commit of a repository was recorded.");
  expect(proofMarkdown(proof({ claims: [] }))).toContain("The result made no claims.");
  const files = { ...proof().files, items: [], total: 0, problem: "The snapshot <b>d</b> is no longer kept." };
  const gone = proofMarkdown(proof({ files }));
  expect(gone).toContain("1 judged, files not listed, \\$0.47");
  expect(gone).toContain("The snapshot &lt;b&gt;d&lt;/b&gt; is no longer kept.");
  expect(proofMarkdown(proof({ files: { ...files, to: null } }))).toContain("1 judged, no files changed, \\$0.47");
});

const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "![pixel](https://evil.example/p.png)",
  "[click](javascript:alert(1))",
  "https://evil.example/a and www.evil.example",
  "me@evil.example",
  "a | b \\| c",
  "**bold** _it_ ~~gone~~ `code`",
  "# heading\n## more\n- item\n> quote",
  "```\nfence\n````\n</details>",
  "[^1] $math$ &lt;b&gt;",
  "&#60;b&#62;",
  "\\<b>",
  "`` ` ``",
];

test.each(HOSTILE)("%j has no effect in a title, a statement, a command, an output or a path", (text) => {
  const [file] = proof().files.items;
  const hostile = proof({
    title: text,
    started_by: text,
    claims: [claim({ statement: text, command: text, output: text })],
    files: { ...proof().files, folder: text, items: [{ ...(file as Proof["files"]["items"][number]), path: text }] },
    spend: [{ agent: text, model: text, tasks: 1, turns: 1, tokens_in: 1, tokens_out: 1, cost_usd: 0 }],
    decisions: [
      {
        kind: "question",
        outcome: "answered",
        title: text,
        tool: null,
        answer: text,
        by: text,
        rule: null,
        at: "2026-11-23T13:30:00.000Z",
      },
    ],
  });
  const html = shown(proofMarkdown(hostile, { output: true }));
  // Nothing is lost without raw HTML, so there is none.
  expect(shown(proofMarkdown(hostile, { output: true }), true)).toBe(html);
  expect(html).not.toMatch(/<(?!\/?(?:h[23]|p|strong|table|thead|tbody|tr|th|td|code|pre)\b)/);
  expect(html.match(/<h[1-6]/g)?.length).toBe(html.match(/<h2>|<h3>/g)?.length);
  expect(html.match(/<h2>/g)).toHaveLength(1);
  // No text breaks out of its cell.
  for (const [table, cells] of [
    [0, 3],
    [1, 4],
    [2, 3],
    [3, 5],
  ] as const) {
    const rows = html.split("<table>")[table + 1]?.split("<tr>").slice(1) ?? [];
    expect(rows.map((row) => row.match(/<t[hd]>/g)?.length)).toEqual([cells, cells]);
  }
});

test("a proof says where its claims were checked, and first of all that its tree came from an archive", () => {
  const host = "Banyan’s host ran each command itself";
  expect(proofMarkdown(proof())).toContain(host);
  const [onRunner, onServer] = [claim({ runner: "linux-1" }), claim({})];
  const elsewhere = proofMarkdown(proof({ claims: [onRunner, onServer] }));
  expect(elsewhere).toContain("| Shown, exit 0, on the runner linux-1 |");
  expect(elsewhere).toContain("Commands ran on the runner linux-1, in a clean copy");
  expect(elsewhere).not.toContain(host);
  const unrun = proofMarkdown(
    proof({ claims: [claim({ mark: "neither", exit_status: null, output: null, at: null })] }),
  );
  expect(unrun).toContain("No command was run for these claims.");
  const archived = proofMarkdown(proof({ from_archive: true }));
  expect(archived.split("\n")[2]).toBe("Read from an archive: this Banyan ran and checked none of it.");
  expect(archived).not.toContain(host);
});

test("U6: no word of a claim mentions a person, refers to an issue or closes one", () => {
  const text = proofMarkdown(
    proof({ claims: [claim({ statement: "Fixes #12 for @mara, see acme/shop#3 and GH-7" })] }),
  );
  expect(text).toContain("Fixes `#12` for `@mara,` see `acme/shop#3` and `GH-7`");
});
