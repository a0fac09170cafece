/** Evolution of a project that is linked with a forge: its changes go the way of an issue's, without an issue. */
import { expect, test } from "vitest";
import { agents, good, hasEnded, typed, untyped } from "@/tests/agents/evolution/evolving";
import { file, forgeWith, linked } from "@/tests/agents/forges/linked";
import { tester, until } from "@/tests/agents/scenario";

const FILES = {
  "src/sum.ts": untyped("sum"),
  "src/product.ts": untyped("product"),
  "src/all.test.ts": 'import { product } from "./product";\nimport { sum } from "./sum";\nsum([]);\nproduct([]);\n',
  LICENSE: "MIT\n",
};

const DEEDS = { sum: good("sum"), product: good("product") };

test.each([
  ["github", "pull request", "#"],
  ["gitea", "pull request", "#"],
  ["gitlab", "merge request", "!"],
] as const)(
  "on %s a change is a %s that says what Banyan found; a merge accepts it, and closing it rejects it",
  async (kind, word, sign) => {
    const forge = await forgeWith(FILES, kind);
    const run = await linked(forge, { script: agents(DEEDS) });
    const { commands, store } = run;
    const { queries } = run.trial.runtime.application;
    await commands.changeProject({ id: "widgets", check: "test -f LICENSE" }, tester);
    const state = (is: (evolution: Awaited<ReturnType<typeof queries.getEvolution>>) => boolean, what: string) =>
      until(async () => {
        await run.trial.worker?.evolutions.check();
        await run.look(1);
        const found = await queries.getEvolution("widgets");
        return is(found) ? found : null;
      }, what);
    await commands.evolveProject({ id: "widgets" }, tester);
    const open = await state(({ cycles }) => cycles[0]?.change != null, "its pull request is open");
    expect(open).toMatchObject({
      change: "pull_request",
      forge: kind,
      cycles: [{ state: "open", change: { kind: "pull_request", name: `${sign}1` } }],
    });
    const [cycle] = open.cycles;
    const pull = forge.pullOf(1);
    expect(pull?.title).toBe(`The type any stands in one place (${cycle?.insight.path})`);
    expect(pull?.body).toContain(`Banyan found it: The type any stands in one place. Where: ${cycle?.insight.path}:2`);
    expect(pull?.body).not.toContain("Closes");
    expect((await queries.getForge("widgets"))?.issues).toEqual([]);
    await expect(commands.acceptCycle({ id: "widgets", cycle: cycle?.id ?? "" }, tester)).rejects.toThrow(
      `This change is decided at the forge: merge or close its ${word} there.`,
    );
    forge.merge(1);
    const accepted = await state(({ cycles }) => cycles[0]?.state === "accepted", "it is accepted");
    expect(accepted.rejections).toBe(0);
    expect((await queries.listInsights("widgets", { state: "done" })).items).toMatchObject([
      { by: null, reason: "Its change was accepted." },
    ]);
    const path = cycle?.insight.path ?? "";
    expect(file(forge, "main", path)).toBe(typed(path.slice("src/".length, -".ts".length)));
    await commands.evolveProject({ id: "widgets" }, tester);
    await state((found) => hasEnded(found) && found.cycles[0]?.change?.name === `${sign}2`, "the next one is open");
    const second = forge.pullOf(2);
    if (second) second.open = false;
    const closed = `The ${word} was closed without a merge.`;
    const rejected = await state(({ cycles }) => cycles[0]?.state === "rejected", "it is rejected");
    expect(rejected).toMatchObject({
      rejections: 1,
      cycles: [{ why: closed }, {}],
    });
    expect((await queries.listInsights("widgets", { state: "dismissed" })).items).toMatchObject([{ reason: closed }]);
    // Nothing is said beside the pull requests themselves.
    expect(forge.comments).toEqual([]);
    expect(store.forges.issues(store.forges.link("widgets")?.projectId ?? 0, 10)).toEqual([]);
    expect(forge.complaints).toEqual([]);
    expect(run.trial.faults).toEqual([]);
  },
);
