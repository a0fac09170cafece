import { expect, test } from "vitest";
import { checkGuarded, GUARDED_ROOMS, NOT_GUARDED, readMarks } from "./marks";
import { isTest, readSources } from "./sources";

const sources = readSources(process.cwd());
const marks = readMarks(process.cwd(), sources);

test("Banyan guards each file of the subjects that only a person at the machine may change", () => {
  expect(checkGuarded(sources, marks)).toEqual([]);
  for (const mark of [".banyan/GUARDED", "GUARDED"]) expect(marks.map(([file]) => file)).toContain(mark);
});

test("each subject has files, so that a room that moves is noticed", () => {
  const files = sources.map(({ file }) => file).filter((file) => !isTest(file));
  const empty = Object.entries(GUARDED_ROOMS).filter(([, room]) => !files.some((file) => room.test(file)));
  expect(empty.map(([subject]) => subject)).toEqual([]);
});

test("each mark is needed: without it Banyan has a fault", () => {
  const needed = marks.filter(
    ([mark]) =>
      checkGuarded(
        sources,
        marks.filter(([other]) => other !== mark),
      ).length > 0,
  );
  // Other guarded files depend on these marks alone: removing a mark is itself a change of a guarded file.
  expect(needed.map(([mark]) => mark)).toEqual(
    expect.arrayContaining(["GUARDED", "lib/auth/GUARDED", "server/GUARDED"]),
  );
});

const kept = [...NOT_GUARDED].map((file) => ({ file, text: "" }));
const faultsOf = (file: string, text = "export {};\n") =>
  checkGuarded([...kept, { file, text }], []).map(({ message }) => message.split(",")[0]);

test.each([
  ["next.config.ts", undefined, "belongs to what is guarded (settings of tests and build)"],
  ["lib/net/new.ts", undefined, "belongs to what is guarded (net guard)"],
  ["agents/turn/new-budget.ts", undefined, "has the name of a guarded subject (budget)"],
  ["lib/oauth/door.ts", undefined, "has the name of a guarded subject (oauth)"],
  ["db/queries/rows.ts", "export const sql = `UPDATE\n  api_tokens SET x = 1`;\n", "writes the table api_tokens"],
  [
    "agents/files/shown.ts",
    'import { createRuntime } from "@/agents/boot/runtime";\nexport const all = createRuntime({});\n',
    "holds the application or the database without its guard",
  ],
])("a new file that no mark covers: %s", (file, text, fault) => {
  expect(faultsOf(file, text)).toEqual([fault]);
});

test("files of other subjects, tests and words for pages need no mark", () => {
  for (const file of ["core/words/policy.ts", "agents/files/patch.ts", "lib/net/a.test.ts", "components/ui/rights.tsx"])
    expect([file, faultsOf(file)]).toEqual([file, []]);
});

test("a mark says why, and an exception that is no longer needed is a fault", () => {
  const [file] = NOT_GUARDED;
  const faults = checkGuarded(kept, [["lib/models/protocols/GUARDED", "- *\n"]]);
  expect(faults).toEqual([
    { file: "lib/models/protocols/GUARDED", message: "does not say why: begin it with a sentence" },
    { file: "scripts/check/marks.ts", message: `no longer needs ${file} in NOT_GUARDED: remove it` },
  ]);
});
