/** A proposed change of Banyan has the same state on its page, on Operations, and in the output of commands. */
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { ProposedCode } from "@/agents/self/changes";
import { reviewedChange } from "@/agents/self/reviewed-change";
import { Stage } from "@/app/(signed-in)/review/item/item-change";
import { Packages } from "@/app/(signed-in)/review/item/item-packages";
import { ProposalNotes } from "@/app/(signed-in)/review/item/item-proposal";
import type { AgentsRelease, ReleasesStatus } from "@/core/shapes/improving/self";
import type { ProposedPart, ReviewedProposal } from "@/core/shapes/review";
import { releaseWords } from "@/core/words/releases";
import { changeLines, configurationLines } from "./change";

const code = {
  title: "Figures name their whole",
  branch: "self/a/1",
  commit: "c".repeat(40),
  base: "b".repeat(40),
  files: [],
  flags: [],
  patch: "",
  gates: { results: [] },
  expects: { metric: "errors", direction: "down", amount: "half", measured: "count them" },
} as unknown as ProposedCode;

const proposal = (parts: ProposedPart[]): ReviewedProposal => ({
  kind: "agent",
  name: "coder",
  hash: "h",
  why: "It guesses.",
  proposed_by: "review_agent",
  base_version: 3,
  stale: false,
  parts,
  tested: null,
  faults: [],
  tainted: true,
  hazards: ["It may use the network."],
  change: null,
  trial: null,
  seed: null,
});

const made = (given: Partial<AgentsRelease>): AgentsRelease => ({
  n: 7,
  state: "approved",
  commit: code.commit,
  item: "i",
  made_at: "2030-01-01T00:00:00.000Z",
  why: null,
  waits: null,
  trial_since: null,
  numbers: null,
  needs_confirmation: false,
  ...given,
});
const launcher = (...releases: AgentsRelease[]): ReleasesStatus => ({
  halted: null,
  notice: null,
  persons_at: null,
  releases,
});

type Status = Parameters<typeof reviewedChange>[1]["status"];
const STATES: [string, Status, ReleasesStatus | null, RegExp, string[]?][] = [
  ["to decide", "open", launcher(), /^The gates have passed it, and it waits for a reviewer/, ["npx banyan approve i"]],
  ["rejected", "rejected", launcher(), /^Rejected: nothing/],
  ["withdrawn", "withdrawn", launcher(), /^Withdrawn: another release runs/],
  ["without a launcher", "approved", null, /^Approved\. No launcher/, ["git pull /data/self.git self/a/1"]],
  ["not taken yet", "approved", launcher(), /^Approved\. The launcher has not taken it yet/],
  ["waiting for its hour", "approved", launcher(made({ waits: "Releases begin an hour apart." })), /^Release 7 waits/],
  [
    "waiting for a person at the machine",
    "approved",
    launcher(made({ waits: "It changes guarded files.", needs_confirmation: true })),
    /^Release 7 waits/,
    ["npx banyan releases confirm 7"],
  ],
  ["building", "approved", launcher(made({})), /^Release 7 is being built/],
  [
    "on trial",
    "approved",
    launcher(made({ state: "trial", trial_since: "2030-01-01T00:00:00Z", trial_until: "2030-01-01T00:30:00Z" })),
    /^Release 7 is on trial since 2030-01-01T00:00:00Z: it becomes permanent at 2030-01-01T00:30:00Z/,
  ],
  ["permanent", "approved", launcher(made({ state: "permanent" })), /^Release 7 is permanent/],
  ["replaced", "approved", launcher(made({ state: "retired" })), /^Release 7 was permanent/],
  ["refused", "approved", launcher(made({ state: "bad", why: "It fails." })), /^Release 7 was refused\. It fails/],
  [
    "taken back",
    "approved",
    launcher(made({ state: "bad", why: "It hung.", trial_since: "2030-01-01T00:00:00Z" })),
    /^Release 7 was taken back\. It hung/,
  ],
  [
    "overtaken by another release",
    "approved",
    launcher(made({ state: "dropped", why: "Another came first.", stale: true })),
    /If it still fits, it is carried over/,
  ],
  [
    "overtaken, and not to be carried over",
    "approved",
    launcher(made({ state: "dropped", why: "Another came first.", stale: true, not_carried: "Both changed a.ts." })),
    /^Release 7 was dropped\. .* could not be carried over to the release that runs\. Both changed a\.ts\./,
  ],
  ["dropped", "approved", launcher(made({ state: "dropped", why: "It was late." })), /^Release 7 was dropped\. It was/],
];

test.each(STATES)("%s: API, page and command say the same", (_, status, releases, sentence, commands = []) => {
  const around = { review: "i", status, others: { changes: 0, lines: 0 }, dataDir: "/data", releases, off: null };
  const change = reviewedChange(code, around);
  expect(change.stage.sentence).toMatch(sentence);
  for (const command of commands) expect(change.stage.commands).toContain(command);
  const options = { isWhole: false, wholeCommand: "" };
  const lines = changeLines({ ...proposal([]), kind: "code", change }, change, options);
  expect(lines).toContain(`Now: ${change.stage.sentence}`);
  for (const command of change.stage.commands) expect(lines).toContain(`  ${command}`);
  // Times are shown in the reader's time zone.
  const [shown = ""] = change.stage.sentence.split(/ (?=\d{4}-)/);
  expect(renderToStaticMarkup(<Stage change={change} />)).toContain(shown.replaceAll("'", "&#x27;"));
  // Operations and `banyan self` show this for a release.
  if (change.release) expect(change.stage.sentence).toBe(releaseWords(change.release));
});

test("while changes are switched off, an open item says so and offers no command", () => {
  const off = "Changes of Banyan by agents are switched off by Ann.";
  const around = { review: "i", status: "open" as const, others: { changes: 0, lines: 0 }, dataDir: "/d", off };
  const { stage } = reviewedChange(code, { ...around, releases: null });
  expect(stage).toEqual({ word: "Switched off", sentence: `Nobody can approve it now. ${off}`, commands: [] });
});

test("a change of configuration shows old and new text, and a long one says how to see all of it", () => {
  const text = (lines: number, word: string) => Array.from({ length: lines }, (_, n) => `${word} ${n}`).join("\n");
  const parts: ProposedPart[] = [
    { name: "instruction", form: "text", before: "Guess.\nStop.", after: "Ask first.\nStop.", editable: true },
    { name: "model", form: "line", before: "big", after: "big", editable: false },
  ];
  const options = { isWhole: false, wholeCommand: "npx banyan review abc --whole" };
  const lines = configurationLines(proposal(parts), options);
  for (const line of ["It guesses.", "-Guess.", "+Ask first.", " Stop.", "Unchanged: model"])
    expect(lines).toContain(line);
  expect(lines).toContain("Its author had read content from outside, so no policy may approve it.");
  expect(lines.join("\n")).not.toContain("release");
  const seed = { file: "seeds/agents/coder.md", release: 7, item: "abcd", title: "Fewer\u202e words", removes: false };
  const ofRelease = configurationLines({ ...proposal(parts), seed, stale: true }, options).join("\n");
  expect(ofRelease).toContain("From release 7, “Fewer\\u{202e} words”: seeds/agents/coder.md");
  expect(ofRelease).toContain("Its approved code: npx banyan review abcd");
  expect(ofRelease).toContain("the next start of the server proposes it again.");
  const page = renderToStaticMarkup(<ProposalNotes proposal={{ ...proposal(parts), seed, stale: true }} />);
  expect(page).toContain("From release 7");
  expect(page).toContain('href="/review?item=abcd"');
  expect(page).toContain("<code>seeds/agents/coder.md</code>");
  expect(page).toContain("The next start of the server proposes it again");
  const removal = configurationLines({ ...proposal(parts), seed: { ...seed, removes: true } }, options);
  expect(removal).toContain("Removes the agent coder, version 3.");
  const long: ProposedPart[] = [
    { name: "instruction", form: "text", before: text(500, "old"), after: text(500, "new"), editable: true },
  ];
  expect(configurationLines(proposal(long), options).join("\n")).toMatch(
    /… \d+ more lines\. See all: npx banyan review abc --whole/,
  );
  expect(configurationLines(proposal(long), { ...options, isWhole: true })).toContain("+new 499");
});

test("packages are named with their versions, what they run and which packages they imitate, and flags do not repeat this", () => {
  const packages = [
    { name: "fresh", before: null, after: "1.0.0", installs: "It runs a script.", imitates: "frseh" },
    { name: "raised", before: "1.0.0", after: "1.1.0", installs: null, imitates: null },
    { name: "gone", before: "3.0.0", after: null, installs: null, imitates: null },
    { name: "swapped\u202e", before: "2.0.0", after: "2.0.0", installs: null, imitates: null },
  ];
  const flag = { gate: "dependencies", path: "package-lock.json", line: null };
  const flags = [
    { ...flag, text: "The packages of this change differ from those of the base." },
    ...["fresh", "raised", "swapped\u202e"].map((name) => ({ ...flag, text: `${name} differs.`, package: name })),
  ];
  const around = { review: "i", others: { changes: 0, lines: 0 }, dataDir: "/data", releases: null, off: null };
  const change = reviewedChange({ ...code, flags, packages }, { ...around, status: "open" });
  const lines = changeLines({ ...proposal([]), kind: "code", change }, change, { isWhole: false, wholeCommand: "" });
  const text = lines.join("\n");
  expect(text).toContain("4 flags to look at");
  expect(text).toContain("Packages: 1 new, 2 changed, 1 removed.");
  expect(text).toContain("⚑ fresh 1.0.0 (new). Possible imitation of frseh. It runs a script.");
  expect(text).toContain("⚑ raised 1.0.0 → 1.1.0.");
  expect(text).toContain("    gone 3.0.0 (removed).");
  expect(text).toContain("2.0.0 (another source or checksum).");
  expect(text).not.toMatch(/differs\.|\u202e/);
  const page = renderToStaticMarkup(<Packages packages={change.packages} />);
  for (const said of [
    "1 new, 2 changed, 1 removed",
    "Possible imitation of frseh.",
    "1.0.0 → 1.1.0",
    "It runs a script.",
  ])
    expect(page).toContain(said);
  expect(page).not.toContain("\u202e");
  expect(reviewedChange(code, { ...around, status: "open" }).packages).toEqual([]);
});
