import { expect, onTestFinished, test, vi } from "vitest";
import {
  type ComposerDraft,
  defaultUsdOf,
  draftOf,
  EMPTY_DRAFT,
  HERE,
  isFree,
  keepDraft,
  loadDraft,
  secondsOf,
  submissionOf,
} from "./draft";
import { goalUntil } from "./goal-until";
import { summaryOf } from "./summary";
import { keepTaskIn } from "./task-in-project";
import { usualOf } from "./usual";

const of = (fields: Partial<ComposerDraft>) => {
  const made = submissionOf({ ...EMPTY_DRAFT, task: "Do it", ...fields });
  return "problem" in made ? made.problem : made.submission;
};

test("a submission holds only the fields that were set", () => {
  expect(of({})).toEqual({ task: "Do it", priority: 0 });
  expect(of({ by: "runbook", runbook: "repository-survey", agent: "coder", model: "x/y", workspace: " . " })).toEqual({
    task: "Do it",
    priority: 0,
    runbook: "repository-survey",
    workspace: ".",
  });
  expect(
    of({ agent: "coder", model: " ollama/qwen3:8b ", runbook: "r", usd: "$ 2.50", tokens: "1,000", time: "1 h 30 m" }),
  ).toMatchObject({
    agent: "coder",
    model: "ollama/qwen3:8b",
    grant: { cost_usd: 2.5, tokens: 1000, seconds: 5400 },
  });
});

test("a project is the place of its task, and a template keeps it", () => {
  expect(of({ project: "shop", workspace: "/src/other", copy: "yes" })).toMatchObject({ project: "shop" });
  expect(of({ project: "shop", workspace: "/src/other", copy: "yes" })).not.toHaveProperty("workspace");
  expect(of({ project: "shop", copy: "yes" })).toMatchObject({ project: "shop", copy: true });
  expect(of({ project: "shop" })).toEqual({ task: "Do it", priority: 0, project: "shop" });
  expect(draftOf({ task: "Look", project: "shop" }, EMPTY_DRAFT)).toMatchObject({ project: "shop", workspace: "" });
  expect(draftOf({ task: "Look", workspace: "/src" }, { ...EMPTY_DRAFT, project: "shop" }).project).toBe("");
});

test("a pool, and this server instead of the usual pool, are sent, said in the summary, and kept by a template", () => {
  const priced = { defaultUsd: 5, isFree: false };
  const chosen = [
    ["", undefined, "Up to $5.00."],
    ["gpu", "gpu", "Up to $5.00. On the pool gpu."],
    [HERE, null, "Up to $5.00. On this server."],
  ] as const;
  for (const [pool, sent, words] of chosen) {
    expect(of({ pool })).toEqual({ task: "Do it", priority: 0, pool: sent });
    expect(summaryOf({ ...EMPTY_DRAFT, pool }, priced)).toBe(words);
    expect(draftOf({ task: "Do it", pool: sent }, { ...EMPTY_DRAFT, pool: "other" }).pool).toBe(pool);
  }
});

test("a workspace that looks like a git URL becomes a repository with its branch", () => {
  for (const url of ["https://example.org/a.git", "git@example.org:a/b.git", "ssh://git@example.org/a"]) {
    expect(of({ workspace: url, branch: " main " })).toMatchObject({ repository: { url, branch: "main" } });
  }
  expect(of({ workspace: "/home/a:b", branch: "main" })).toMatchObject({ workspace: "/home/a:b" });
});

test("an invalid field has its own error sentence", () => {
  const wrong: [Partial<ComposerDraft>, string][] = [
    [{ task: "  " }, "task"],
    [{ task: "x".repeat(500_001) }, "task"],
    [{ usd: "much" }, "usd"],
    [{ tokens: "-1" }, "tokens"],
    [{ tasks: "1.5" }, "tasks"],
    [{ time: "soon" }, "time"],
    [{ by: "runbook" }, "runbook"],
    [{ by: "runbook", runbook: "repository-survey" }, "workspace"],
  ];
  for (const [fields, field] of wrong) expect(of(fields)).toEqual({ field, sentence: expect.stringMatching(/\.$/) });
});

test("a survey needs a folder, a project or an address", () => {
  const survey = { by: "runbook", runbook: "repository-survey" } as const;
  for (const place of [{ workspace: "." }, { project: "shop" }, { task: "Survey https://example.org/a.git" }])
    expect(of({ ...survey, ...place })).toMatchObject({ runbook: "repository-survey" });
});

test("times are read as people write them", () => {
  expect(["", "45", "45 m", "2h", "1.5 hours", "1 d 2 h"].map(secondsOf)).toEqual([
    null,
    2_700,
    2_700,
    7_200,
    5_400,
    93_600,
  ]);
  expect(["0", "h", "2 x", "-1 h"].map(secondsOf)).toEqual([undefined, undefined, undefined, undefined]);
});

const caps = { day_usd: null, day_setting: null, tree_usd: 5 };
const shown = (fields: Partial<ComposerDraft>, usual: ReturnType<typeof usualOf> | null) => {
  const draft = { ...EMPTY_DRAFT, ...fields };
  return summaryOf(draft, { defaultUsd: defaultUsdOf(draft, usual), isFree: isFree(draft, usual) });
};

test("the default cap is shown where the tree gets it", () => {
  const usual = usualOf({ caps, defaultModel: "anthropic/claude" }, null);
  const unset = usualOf({ caps, defaultModel: "runbook" }, null);
  expect(shown({}, usual)).toBe("Up to $5.00.");
  expect(shown({ by: "runbook" }, usual)).toBe("Costs nothing: it calls no model.");
  expect(shown({}, unset)).toBe("Costs nothing: it calls no model.");
  expect(shown({ by: "runbook", time: "90" }, usual)).toBe("Up to 1 h 30 m.");
  expect(shown({ model: "anthropic/claude" }, unset)).toBe("Up to $5.00.");
  expect(shown({ tokens: "1000" }, usual)).toBe("Up to 1,000 tokens.");
  const capped = { ...EMPTY_DRAFT, by: "goal" as const, tokens: "1000" };
  expect(goalUntil(capped, defaultUsdOf(capped, usual))).not.toContain("$");
});

test("in a project, its cap, model, agent and check are shown, as the tree gets them", () => {
  const check = { command: "npm test", by: "mara", at: "" };
  const repository = { folder: "shop", check };
  const project = {
    defaults: { agent: "coder", model: "acme/large", cost_usd: 50 },
    repositories: [repository],
  } as unknown as Parameters<typeof usualOf>[1];
  const usual = usualOf({ caps, defaultModel: "runbook" }, project);
  expect(usual).toEqual({ agent: "coder", model: "acme/large", projectUsd: 50, treeUsd: 5, check: "npm test" });
  expect(shown({}, usual)).toBe("Up to $50.00.");
  expect(shown({ tokens: "1000" }, usual)).toBe("Up to $50.00, 1,000 tokens.");
  expect(shown({ usd: "2" }, usual)).toBe("Up to $2.00.");
  expect(shown({ usd: "none" }, usual)).toBe("No cap.");
  const goal = { ...EMPTY_DRAFT, by: "goal" as const };
  expect(goalUntil(goal, defaultUsdOf(goal, usual))).toContain("$50.00");
  // A project that is not read yet, or without defaults.
  expect(shown({}, null)).toBe("Up to the project's cap.");
  expect(goalUntil(goal, defaultUsdOf(goal, null))).toContain("the project's cap");
  const plain = { defaults: {}, repositories: [repository, { folder: "lib", check }] } as unknown as typeof project;
  const its = usualOf({ caps, defaultModel: "acme/small" }, plain);
  expect(its).toMatchObject({ agent: "", model: "acme/small", check: "npm test in shop, then npm test in lib" });
  expect(shown({}, its)).toBe("Up to $5.00.");
});

test("a task that another page begins names the project, below a text that is not sent yet", () => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => kept.set(key, text),
  });
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  keepDraft({ ...EMPTY_DRAFT, task: "First", workspace: "/src/other", copy: "yes", branch: "main", usd: "3" });
  keepTaskIn("shop", "Second");
  const place = { project: "shop", workspace: "", copy: "", branch: "" };
  expect(loadDraft()).toMatchObject({ ...place, task: "First\n\nSecond", usd: "3" });
});

test("a template fills in its own fields and leaves the others at their start values", () => {
  const submission = {
    task: "Read <part>",
    rights: ["read" as const],
    grant: { cost_usd: 2, seconds: 5_400 },
    repository: { url: "https://example.org/a.git" },
  };
  const draft = draftOf(submission, { ...EMPTY_DRAFT, runbook: "survey" });
  expect(of({ ...draft })).toEqual({ ...submission, priority: 0 });
  expect(draft.runbook).toBe("survey");
  const priced = { defaultUsd: 5, isFree: false };
  expect(summaryOf(draft, priced)).toBe("Up to $2.00, 1 h 30 m. Read only.");
  expect(summaryOf(EMPTY_DRAFT, priced)).toBe("Up to $5.00.");
  expect(summaryOf({ ...EMPTY_DRAFT, usd: "none" }, priced)).toBe("No cap.");
  for (const usd of ["five", "$five", "0"])
    expect(summaryOf({ ...EMPTY_DRAFT, usd }, priced)).toBe("One of the caps cannot be read.");
  const capped = { ...EMPTY_DRAFT, tokens: "1_000_000", tasks: "1", depth: "2" };
  expect(summaryOf(capped, { defaultUsd: null, isFree: false })).toBe("Up to 1,000,000 tokens, 1 task, 2 deep.");
  expect(of({ usd: "none" })).toMatchObject({ grant: { cost_usd: null } });
});
