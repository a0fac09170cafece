/** An approved change of Banyan's own source that another release overtakes: the server carries it over. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { AgentsRelease } from "@/core/shapes/improving/self";
import { releaseWords } from "@/core/words/releases";
import type { ApprovedRelease, LauncherChannel } from "@/lib/process/launcher-channel";
import { call, endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { copiedSource } from "../../self/testing/copied-source";

const start = trialsOfThisFile();
const LONG_MS = 600_000;
const PROPOSE = call("propose_change", {
  title: "Three is what people mean by three",
  why: "In tree abc123 five tasks failed, because three was 3 and they expected 33.",
  expects: { metric: "failed tasks", direction: "down", amount: "all", measured: "count failures after a week" },
});
const EDIT = call("edit_file", { path: "src/one.ts", old_text: "three = 3", new_text: "three = 33" });

/** As the launcher tells of an approved change that it dropped. */
async function tellDropped({ runtime }: Trial, { commit, item }: ApprovedRelease, more: Partial<AgentsRelease>) {
  const release: AgentsRelease = {
    n: 3,
    state: "dropped",
    commit,
    item,
    approved_by: tester.name,
    made_at: "2026-01-01T00:00:00.000Z",
    why: "Another release came first.",
    waits: null,
    trial_since: null,
    numbers: null,
    needs_confirmation: false,
    ...more,
  };
  await runtime.store.selfReleases.tell({ halted: null, notice: null, persons_at: null, releases: [release] });
}

/** Watches as a server with a launcher does. Returns what the launcher is asked to release, and the end. */
function watched({ runtime }: Trial): { given: ApprovedRelease[]; end: () => void } {
  const given: ApprovedRelease[] = [];
  const channel = { release: (release: ApprovedRelease) => void given.push(release) } as unknown as LauncherChannel;
  const end = runtime.watchReleases(channel, () => false);
  onTestFinished(end);
  return { given, end };
}

/** Resolves with the first that the launcher is asked to release. */
const releasedBy = (given: ApprovedRelease[]) => until(async () => given[0], "the launcher is asked", LONG_MS);

async function approved() {
  const source = copiedSource();
  onTestFinished(source.end);
  const trial = await start(
    { root: [EDIT, call("check_change", {}), PROPOSE, endTask("proposed")] },
    { runtime: { source: source.checkout } },
  );
  const tree = await trial.submit({ task: "root", agent: "banyan_developer", repository: { url: "banyan:self" } });
  const { commands, queries } = trial.runtime.application;
  const review = await until(
    async () => (await queries.listReviews({ open: true })).items.find(({ kind }) => kind === "proposal"),
    "a proposal is open",
    LONG_MS,
  );
  await commands.decide({ id: review.id, decision: "approved", reason: "" }, tester);
  await trial.ended(tree.id, LONG_MS);
  const before = watched(trial);
  const first = await releasedBy(before.given);
  before.end();
  await trial.worker?.stop(1_000);
  /** Another release runs, which has changed a file. */
  const overtakenBy = async (file: string, text: string) => {
    source.put(source.checkout, file, text);
    source.git(source.checkout, "commit", "-qam", "Another release");
    const { dataDir, provider } = trial;
    const next = await start(null, { dataDir, ...(provider && { provider }), runtime: { source: source.checkout } });
    await next.runtime.followRelease();
    await tellDropped(next, first, { stale: true });
    return next;
  };
  return { source, review: review.id, first, gitDir: join(trial.dataDir, "self.git"), overtakenBy };
}

test(
  "it is put on the new release, judged again and given to the launcher; what is not the same a person approves again",
  async () => {
    const { source, review, first, gitDir, overtakenBy } = await approved();
    const trial = await overtakenBy("src/other.ts", "export const other = 5;\n");
    const { queries, commands } = trial.runtime.application;
    const { given } = watched(trial);
    const carried = await releasedBy(given);
    expect(carried).toMatchObject({ item: review, by: tester.name, carried: first.commit });
    expect(carried.evidence).not.toBe(first.evidence);
    const show = (format: string) => source.git(gitDir, "log", "-1", `--format=${format}`, carried.commit);
    expect(show("%P")).toBe(source.git(gitDir, "rev-parse", "permanent"));
    expect(show("%B")).toContain(`\nCarried-over-from: ${first.commit}`);
    expect(show("%N")).toContain(`Approved-by: ${tester.name}\nReason: Carried over from ${first.commit}`);
    expect(source.git(gitDir, "show", `${carried.commit}:src/other.ts`)).toBe("export const other = 5;");
    const item = await queries.getReviewItem(review, tester);
    expect(item.review).toMatchObject({ status: "approved", decided_by: tester.name });
    expect(item.proposal?.change).toMatchObject({ commit: carried.commit, base: show("%P") });
    const origin = `from ${first.commit.slice(0, 12)}, approved by ${tester.name}`;
    expect(item.comments.map(({ text }) => text)).toEqual([
      `Carried over ${origin}, to ${carried.commit.slice(0, 12)} on the release ${show("%P").slice(0, 12)}: the gates passed it again.`,
    ]);
    // The launcher found a difference.
    const refusal = { needs_approval: true, carried_from: first.commit, why: "Carried over, it is another change." };
    await tellDropped(trial, carried, refusal);
    await until(async () => (await queries.getReview(review)).status === "open" || undefined, "the item is open");
    const again = await queries.getReviewItem(review, tester);
    expect(again.comments.at(-1)?.text).toMatch(/^Another approval is needed\. Carried over, it is another change\./);
    const max = { id: "user:9", name: "Max", role: "operator" } as const;
    expect((await queries.getReviewItem(review, max)).may_not.approve).not.toBeNull();
    given.length = 0;
    await commands.decide({ id: review, decision: "approved", reason: "" }, { ...tester, name: "Mia" });
    const { carried: from, ...last } = await releasedBy(given);
    expect([from, last]).toEqual([undefined, { ...last, item: review, by: "Mia", commit: carried.commit }]);
  },
  LONG_MS,
);

test(
  "what does not fit the new release is said on the item, and nothing is given to the launcher",
  async () => {
    const { review, overtakenBy } = await approved();
    const trial = await overtakenBy("src/one.ts", "export const three = 30;\n");
    const { queries } = trial.runtime.application;
    const { given } = watched(trial);
    const comment = await until(
      async () => (await queries.getReviewItem(review, tester)).comments.at(-1)?.text,
      "the item says so",
      LONG_MS,
    );
    expect(comment).toMatch(
      /could not be carried over .* other versions of src\/one\.ts\. Its task can propose it again\.$/,
    );
    expect(given).toEqual([]);
    const { proposal } = await queries.getReviewItem(review, tester);
    const sentence = proposal?.change?.stage.sentence;
    expect(sentence).toMatch(/other versions of src\/one\.ts\. Its task can propose it again\.$/);
    // Operations, `banyan self` and the API make their words from this.
    const { releases } = await queries.getSelf();
    expect(releases?.releases.map(releaseWords)).toEqual([sentence]);
  },
  LONG_MS,
);
