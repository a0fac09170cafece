/** An approved change on a release that came first, with real repositories and gates. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { carryOver } from "./carry";
import type { ProposedCode } from "./changes";
import type { ChangeWords } from "./messages";
import { createSelfSwitch } from "./switch";
import { copiedSource } from "./testing/copied-source";

const { signal } = new AbortController();
const WORDS: ChangeWords = {
  title: "Figures name their whole",
  why: "A part alone says nothing.",
  expects: { metric: "corrections", direction: "down", amount: "half", measured: "count them in a week" },
};
const lines = (four: string) =>
  `export const one = 1;\nexport const two = 2;\nexport const three = 3;\nexport const four = ${four};\n`;

/** Proposes a change of the fourth line. */
async function approved() {
  const source = copiedSource();
  onTestFinished(source.end);
  const { git, put, checkout, work, dataDir } = source;
  const first = source.release();
  const folder = await first.clone();
  put(work, "src/one.ts", lines("44"));
  await first.check(folder);
  const { title, expects } = WORDS;
  const body: ProposedCode = { ...(await first.changes.propose(folder, WORDS, signal)), title, expects };
  let isUsedUp = false;
  const limit = {
    refuseWhenUsed() {
      if (isUsedUp) throw new Error("Used up.");
    },
    begin: async () => {},
    giveBack: async () => "",
  };
  /** Releases what the checkout is by then, and carries the change over to it. */
  const carried = async (files: Record<string, string>, from = body.commit) => {
    for (const [file, text] of Object.entries(files)) put(checkout, file, text);
    if (git(checkout, "status", "--porcelain") !== "") git(checkout, "commit", "-qam", "Another release");
    const { repository } = source.release();
    const power = createSelfSwitch(dataDir, { off: () => null });
    const isFirstEnough = () => false;
    const sources = { dataDir, program: process.cwd(), repository, power, limit, isFirstEnough };
    return carryOver(sources, { body, from, approvedBy: "Ann" }, signal);
  };
  const useUp = () => {
    isUsedUp = true;
  };
  return { source, body, carried, useUp, gitDir: first.repository.gitDir };
}

test("it stands on the new release as the same change, with new evidence; done again after a kill it is the same commit", async () => {
  const { source, body, carried, gitDir } = await approved();
  const files = { "src/other.ts": "export const other = 9;\n" };
  const proposedCode = (await carried(files)) as ProposedCode;
  expect(proposedCode).toMatchObject({
    files: body.files,
    carried: { from: body.commit, approved_by: "Ann" },
    gates: { outcome: "passed" },
    branch: `self/task/1-on-${proposedCode.base.slice(0, 12)}`,
  });
  expect(proposedCode.gates.evidence).not.toBe(body.gates.evidence);
  expect(source.git(gitDir, "show", `${proposedCode.branch}:src/other.ts`)).toBe("export const other = 9;");
  expect(source.git(gitDir, "rev-parse", body.branch)).toBe(body.commit);
  const again = (await carried({})) as ProposedCode;
  expect([again.commit, again.branch]).toEqual([proposedCode.commit, proposedCode.branch]);
  expect(again.gates.evidence).not.toBe(proposedCode.gates.evidence);
});

test("what conflicts, what the gates refuse and what is there already are said; used up gate runs wait", async () => {
  const { source, body, carried, useUp } = await approved();
  expect(await carried({ "src/one.ts": lines("5") })).toBe("The release that runs has other versions of src/one.ts.");
  // The gates of the release that runs judge it, and refuse a word that another change brought.
  expect(await carried({ "src/one.ts": lines("4"), "src/other.ts": "export const FORBIDDEN = 0;\n" })).toBe(
    "The gates did not pass it on the release that runs (rules).",
  );
  expect(await carried({ "src/one.ts": lines("44"), "src/other.ts": "export const other = 0;\n" })).toMatch(
    /^There is nothing to propose/,
  );
  expect(
    source.git(join(source.dataDir, "self.git"), "for-each-ref", "--format=%(refname:short)", "refs/heads/self"),
  ).toBe(body.branch);
  useUp();
  expect(await carried({ "src/one.ts": lines("4") })).toBeNull();
});

test("switched off it is not carried over", async () => {
  const { source, carried } = await approved();
  writeFileSync(join(source.dataDir, "self", "halt"), "");
  await expect(carried({ "src/other.ts": "export const other = 9;\n" })).rejects.toThrow("self/halt is there");
});
