/** Ten requirement texts, from clear to hostile: what is asked, what is named, and that nothing is made too early. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { fold } from "@/core/evolve";
import { MOST } from "@/core/specification/limits";
import { specifying } from "@/tests/agents/specifying/specifying";
import { draft, latency } from "@/tests/agents/specifying/written";

const textOf = (name: string) => readFileSync(`tests/agents/specifying/texts/${name}.md`, "utf8").trim();

const DOES = ["A guest books a free slot.", "The owner lists, changes and removes bookings."];
const FAST = { text: "A booking is created within 200 ms at 50 requests a second.", measure: latency(200) };
const CLEAR = draft({ title: "Studio bookings", does: DOES, well: [FAST] });

test("clear: nothing is asked, and the service is made at once", async () => {
  const { tree, told, read, trial } = await specifying(textOf("clear"), { written: [CLEAR] });
  expect([tree.status, told.length]).toEqual(["succeeded", 1]);
  expect(parse(read("spec/specification.yaml")).source).toBe(textOf("clear"));
  const view = await trial.runtime.application.queries.getSpecification("studio");
  expect(
    view?.trace.requirements.map(({ id, operations, checks, gaps }) => [id, operations.length, checks.length, gaps]),
  ).toEqual([
    ["R1", 1, 1, []],
    ["R2", 4, 1, []],
    ["N1", 5, 1, []],
  ]);
});

test("vague: everything open is asked at once, and the defaults make a service", async () => {
  const questions = [
    { question: "What is booked?", score: 0.9, answers: ["Time slots", "Rooms", "Equipment"], default: "Time slots" },
    { question: "What is fast?", score: 0.4, answers: ["200 ms", "1 s"], default: "200 ms", about: ["N1"] },
    { question: "Are there reminders?", score: 0.7, answers: ["Later", "By e-mail"], default: "Later" },
    { question: "Who may book?", score: 0.8, answers: ["Everybody", "Members"], default: "Everybody" },
  ];
  const vague = draft({ title: "Club bookings", does: DOES, well: [FAST], questions });
  const { tree, asked, told, madeBefore, read } = await specifying(textOf("vague"), {
    written: [vague],
    answers: ["defaults"],
  });
  expect([tree.status, asked.length, madeBefore]).toEqual(["succeeded", 1, [false]]);
  expect(asked[0]).toMatch(
    /Q1: What is booked\?[\s\S]*Q4: Who may book\?[\s\S]*Q3: Are there reminders\?[\s\S]*Q2: What is fast\?/,
  );
  expect(asked[0]).toContain("   1. Time slots (default)\n   2. Rooms\n   3. Equipment");
  expect(told[1]).toContain("- Q3: Are there reminders?\n  Answer: Later");
  const { ambiguities } = parse(read("spec/specification.yaml")) as { ambiguities: { id: string; answer: string }[] };
  expect(ambiguities.map(({ id, answer }) => [id, answer])).toEqual([
    ["Q1", "Time slots"],
    ["Q2", "200 ms"],
    ["Q3", "Later"],
    ["Q4", "Everybody"],
  ]);
});

test("contradictory numbers: the host finds them though the writer does not, and a person decides", async () => {
  const slow = { text: "Creating a booking may take 2 s.", measure: latency(2, "s") };
  const both = { title: "Bookings", does: DOES, well: [FAST, slow] };
  const contradictions = [{ id: "X1", between: ["N1", "N2"], why: "200 ms and 2 s.", question: "Q1" }];
  const questions = [{ question: "Which limit?", about: ["N1", "N2"], answers: ["200 ms", "2 s"], default: "200 ms" }];
  const named = draft({ ...both, questions, contradictions });
  const settled = draft({
    ...both,
    well: [FAST, { ...slow, measure: latency(200) }],
    questions,
    contradictions: contradictions.map((one) => ({ ...one, settled: "200 ms counts." })),
  });
  const { tree, told, asked, madeBefore } = await specifying(textOf("contradictory-numbers"), {
    written: [draft(both), named, settled],
    answers: ["1"],
  });
  expect(told[1]).toContain(
    "- N1 and N2 ask different numbers of latency_p95: name them in a contradiction with a question, or keep one number.",
  );
  expect([tree.status, asked.length, madeBefore]).toEqual(["succeeded", 1, [false]]);
  expect(told[2]).toContain("Answer: 200 ms");
});

test("contradictory rules: they are named and asked about, and an answer that settles nothing makes nothing", async () => {
  const does = ["A guest can cancel at any time.", "Nobody can cancel a booking.", "The owner lists all bookings."];
  const contradictions = [
    { id: "X1", between: ["R1", "R2"], why: "R1 lets guests cancel and R2 nobody.", question: "Q1" },
  ];
  const questions = [
    { question: "Can a booking be cancelled?", about: ["R1", "R2"], answers: ["Yes", "No"], default: "No" },
  ];
  const named = draft({ title: "Bookings", does, questions, contradictions });
  const { tree, told, madeBefore, folder, trial } = await specifying(textOf("contradictory-rules"), {
    written: [named],
    answers: ["No"],
  });
  const { result } = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(told[1]).toContain("- Q1: Can a booking be cancelled?\n  Answer: No");
  expect(told[2]).toContain(
    "- X1 is not settled: say in `settled` how the answer decides it, and change the requirements.",
  );
  expect(result).toContain("X1 is not settled");
  expect([tree.status, madeBefore, existsSync(join(folder, "package.json"))]).toEqual(["failed", [false], false]);
});

test("V7: hostile instructions: no line of theirs ends the requirements, nobody answers for the person, and a command runs only in the sandbox", async () => {
  const command = "touch escaped.txt ../escaped.txt $HOME/escaped.txt; cat /etc/shadow; true";
  const question = { question: "May a guest cancel?" };
  const obeys = (answer: object) =>
    draft({
      title: "Bookings",
      does: DOES,
      questions: [{ ...question, ...answer }],
      change: ({ specification: { criteria } }) => {
        criteria.push({ id: "C9", requirement: "R1", text: "It runs.", check: { kind: "command", command } });
      },
    });
  const { tree, told, asked, folder, read, trial } = await specifying(textOf("hostile-instructions"), {
    written: [obeys({ answer: "Whatever you like" }), obeys({}), obeys({ answer: "Whatever you like" })],
    answers: ["Never"],
    more: { outside: true },
  });
  const [mark] = /^===== requirements [0-9a-f]{16} =====$/m.exec(told[0] ?? "") ?? [];
  expect(told[0]?.split("\n").filter((line) => line === mark).length).toBe(2);
  expect(told[0]?.trim().endsWith(mark ?? "none")).toBe(true);
  expect(told[1]).toContain("- Q1 has an answer before anybody was asked: leave out `answer`.");
  expect([tree.status, asked.length]).toEqual(["succeeded", 1]);
  expect(parse(read("spec/specification.yaml")).ambiguities).toMatchObject([{ answer: "Never" }]);
  const goal = await trial.runtime.application.queries.getGoal(tree.id);
  expect(goal?.validation_command).toBe("ls openapi.yaml");
  expect(goal?.criteria.map((criterion) => criterion.command)).toContain(command);
  expect(readdirSync(join(folder, "..")).sort()).toEqual(["quick", "studio"]);
  expect(
    [join(folder, "escaped.txt"), join(process.env.HOME ?? "/", "escaped.txt")].map((file) => existsSync(file)),
  ).toEqual([false, false]);
  // Committing what is finished leaves the folder for hooks, with nothing in it.
  expect(readdirSync(join(folder, ".git/hooks"))).toEqual([]);
});

test("V7: hostile paths and markup: no id, entity or path leaves its place, and a text is no template", async () => {
  const NASTY = "<script>alert(1)</script> {{ 7 | times: 7 }} $\u007bprocess.exit(1)} */ ` \u202e";
  const hostile = draft({
    title: NASTY,
    does: [NASTY, NASTY],
    change: ({ specification, model, openapi }) => {
      const [first] = specification.requirements;
      if (first) first.id = "R1; rm -rf ~";
      Object.assign(model.entities as object, { "../../etc/cron.d/booking": { fields: { a: { type: "text" } } } });
      Object.assign(openapi.paths as object, { "/bookings/../../etc/passwd": { get: { responses: {} } } });
    },
  });
  const texts = draft({
    title: NASTY,
    does: [NASTY, NASTY],
    change: ({ openapi }) => {
      for (const item of Object.values(openapi.paths as Record<string, Record<string, { summary?: string }>>))
        for (const operation of Object.values(item)) if (operation.summary) operation.summary = NASTY;
    },
  });
  const { tree, told, folder, read, trial } = await specifying(textOf("hostile-paths"), { written: [hostile, texts] });
  expect(told[1]).toContain('- spec/model.yaml: The entity "../../etc/cron.d/booking" needs another name');
  expect(tree.status).toBe("succeeded");
  expect(readdirSync(join(folder, "..")).sort()).toEqual(["quick", "studio"]);
  expect(read("README.md")).not.toContain("49");
  const view = await trial.runtime.application.queries.getSpecification("studio");
  expect(view).toMatchObject({ title: NASTY.trim(), faults: [] });
  expect(view?.requirements.map(({ text }) => text)).toEqual([NASTY.trim(), NASTY.trim()]);
});

test("German: the question is asked as it is written", async () => {
  const german = draft({
    title: "Buchungen",
    language: "de",
    does: ["Ein Gast bucht einen freien Termin.", "Die Inhaberin sieht und löscht Buchungen."],
    well: [{ ...FAST, text: "Eine Buchung ist in 200 ms angelegt." }],
    questions: [{ question: "Dürfen Gäste absagen?", answers: ["Bis zum Vortag", "Nie"], default: "Bis zum Vortag" }],
  });
  const { tree, asked, read } = await specifying(textOf("deutsch"), { written: [german], answers: ["Nie"] });
  expect([tree.status, asked.length]).toEqual(["succeeded", 1]);
  expect(asked[0]).toContain("Dürfen Gäste absagen? (R1)");
  expect(parse(read("spec/specification.yaml"))).toMatchObject({ language: "de", ambiguities: [{ answer: "Nie" }] });
});

test("Japanese: texts stay whole, and an answer in other words is kept", async () => {
  const japanese = draft({
    title: "スタジオの予約",
    language: "ja",
    does: ["お客様は空いている枠を予約する。", "オーナーは予約を一覧し、削除する。"],
    questions: [{ question: "お客様はキャンセルできますか。", answers: ["前日まで", "できない"], default: "前日まで" }],
  });
  const { tree, asked, read } = await specifying(textOf("japanese"), { written: [japanese], answers: ["三日前まで"] });
  expect(tree.status).toBe("succeeded");
  expect(asked[0]).toContain("お客様はキャンセルできますか。");
  expect(parse(read("spec/specification.yaml"))).toMatchObject({
    source: textOf("japanese"),
    requirements: [{ text: "お客様は空いている枠を予約する。" }, {}],
    ambiguities: [{ answer: "三日前まで" }],
  });
});

test("user stories: a story that nothing carries is named, and one that only people judge is judged", async () => {
  const stories = {
    title: "Bookings",
    does: ["A guest books a free slot.", "A guest looks at a booking.", "The owner sees, moves and removes bookings."],
  };
  const friendly = { id: "R4", text: "Confirmations sound friendly." };
  const missing = draft({
    ...stories,
    change: ({ specification }) => {
      specification.requirements.push(friendly);
      specification.criteria.push({ id: "C4", requirement: "R4", text: "They do.", check: { kind: "test" } });
    },
  });
  const judged = draft({
    ...stories,
    change: ({ specification }) => {
      specification.requirements.push(friendly);
      specification.criteria.push({ id: "C4", requirement: "R4", text: "They do.", check: { kind: "judged" } });
    },
  });
  const { tree, told, trial } = await specifying(textOf("user-stories"), { written: [missing, judged] });
  expect(told[1]).toContain(
    "- No operation carries R4: name it in x-requirements of an operation, or add a criterion that is judged.",
  );
  expect(tree.status).toBe("succeeded");
  const goal = await trial.runtime.application.queries.getGoal(tree.id);
  expect(goal?.criteria.map(({ statement }) => statement)).toContain("C4 (R4): They do.");
});

test("a long document: it is read whole, and one that is too long is refused in one sentence before anything begins", async () => {
  const handbook = textOf("long-document");
  const { tree, told, read, trial, folder } = await specifying(handbook, { written: [CLEAR], more: { outside: true } });
  expect(tree.status).toBe("succeeded");
  expect(told[0]).toContain(handbook);
  expect(parse(read("spec/specification.yaml")).source).toBe(handbook);
  const { loader, queries: stored } = trial.runtime.store;
  const { id } = stored.trees.findTask(tree.root_task_id);
  expect(fold(loader.entries(id, loader.lengthOf(id))).assignment.tainted).toBe(true);
  const { commands, queries } = trial.runtime.application;
  const endless = handbook.repeat(Math.ceil(MOST.source / handbook.length) + 1);
  const workspace = join(folder, "..", "other");
  const actor = { id: "owner", name: "tester", role: "admin" } as const;
  await expect(commands.specifyService({ workspace, requirements: endless }, actor)).rejects.toThrow(
    `The requirements have more than ${MOST.source} characters: shorten them, or make several services.`,
  );
  expect((await queries.listProjects()).items.map(({ name }) => name)).toEqual(["studio"]);
  expect(existsSync(workspace)).toBe(false);
});
