/** A goal that makes a service, as a conversation: what its program does next, from the answers that its log holds. */
import { expect, test } from "vitest";
import { goalReply } from "@/core/goals/pursue";
import { type AnswerTo, checked, goal, lead, run, succeeded } from "@/core/goals/testing/talks";
import type { Goal } from "@/core/log/goal";
import { bookings } from "@/core/specification/testing/bookings";
import type { Made } from "./service-goal";

const WISH = { name: "studio", blueprint: "rest-api", parts: ["sqlite"], variables: { port: 3000 } };
const given = (more: Partial<Goal> = {}) => lead(goal({ validation_command: null, service: WISH, ...more }));
const clean = (more: object = {}) => JSON.stringify({ faults: [], questions: [], outline: "R1  Book", ...more });
const made: Made = {
  name: "studio",
  folder: "/srv/studio",
  setup: "npm install",
  check: "npm run check",
  operations: 5,
  to_write: ["POST /remind"],
  tests: ["test/bookings.test.ts"],
  criteria: [
    { id: "C1", requirement: "R1", text: "Booked once.", kind: "test" },
    { id: "C2", requirement: "R2", text: "It pings.", kind: "command", command: "node ping.mjs" },
    { id: "C3", requirement: "N1", text: "It is fast.", kind: "load" },
    { id: "C4", requirement: "N2", text: "It is kind.", kind: "judged" },
  ],
};
const held = checked({ valid: true, checks: [{ command: "a", weight: 1, share: 1, met: true, evidence: "" }] });

/** Answers each call by its tool. A list is used up one after the other; its last entry is for all later calls. */
function answers(by: Record<string, (string | { error: string })[]>): AnswerTo {
  return (name) => {
    const list = by[name] ?? expect.fail(`Nobody expects ${name}.`);
    return (list.length > 1 ? list.shift() : list[0]) ?? expect.fail(name);
  };
}

const USUAL = {
  start_subtask: [succeeded("Written.")],
  check_specification: [clean()],
  make_service: [JSON.stringify(made)],
  check_goal: [held],
};
const calls = (talk: { made: { name: string }[] }) => talk.made.map(({ name }) => name);

test("without questions, the service is made after two checks, and its criteria are the goal's", () => {
  const talk = run(goalReply, given(), answers(USUAL));
  expect(calls(talk)).toEqual([
    "start_subtask",
    "check_specification",
    "check_specification",
    "make_service",
    "check_goal",
    "end_task",
  ]);
  expect(talk.made[3]?.input).toEqual({ ...WISH, answers: {}, source: "Do it" });
  const { input } = talk.made[4] ?? expect.fail();
  expect(input).toMatchObject({ validation_command: "npm run check", setup_command: "npm install" });
  expect(input.protect).toEqual(["spec/**", "openapi.yaml", ".banyan/**", "test/bookings.test.ts"]);
  const criteria = input.criteria as { statement: string; command?: string }[];
  expect(criteria.map(({ statement }) => statement)).toEqual([
    "A test names each acceptance criterion of spec/specification.yaml that a test shows: C1",
    "C2 (R2): It pings.",
    "C4 (N2): It is kind.",
  ]);
  expect(criteria[1]?.command).toBe("node ping.mjs");
  expect(talk.end.result).toContain("The service studio is in /srv/studio, which is the project studio.");
  expect(talk.end.result).toContain("Only the running service shows C3");
});

test("the person's answers reach the writer, the last check and the service", () => {
  const questions = bookings().specification.ambiguities;
  const talk = run(
    goalReply,
    given(),
    answers({ ...USUAL, check_specification: [clean({ questions }), clean()], ask: [JSON.stringify({ answer: "2" })] }),
  );
  expect(calls(talk).slice(0, 6)).toEqual([
    "start_subtask",
    "check_specification",
    "ask",
    "start_subtask",
    "check_specification",
    "make_service",
  ]);
  expect(talk.made[3]?.input.instruction).toContain("- Q1: May a guest cancel?\n  Answer: Never");
  expect(talk.made[4]?.input).toMatchObject({ stage: "final", answers: { Q1: "Never" } });
  expect(talk.made[5]?.input).toMatchObject({ answers: { Q1: "Never" } });
});

test("a continued goal has the specification mended again", () => {
  const faults = clean({ faults: ["Nothing shows R1."] });
  const broken = answers({ ...USUAL, check_specification: [faults] });
  expect(run(goalReply, given(), broken).end).toMatchObject({ status: "failure", reason: "criteria_unreachable" });
  const later = answers({ ...USUAL, check_specification: [faults, faults, faults, faults, clean()] });
  const talk = run(goalReply, given(), later, {}, ["Leave out R1."]);
  expect(talk.end.status).toBe("success");
  const writers = talk.made
    .filter(({ name }) => name === "start_subtask")
    .map(({ input }) => String(input.instruction));
  expect(writers.filter((told) => told.includes("A person has said since:\n\nLeave out R1.")).length).toBe(1);
});

const noGrant = JSON.stringify({ task: "t", status: "failed", reason: "out_of_grant", summary: "No tokens." });
const unchecked = { error: "The disk is full." };
const asking = clean({ questions: bookings().specification.ambiguities });
const said = (answer: string) => JSON.stringify({ answer });

test.each<[string, Partial<Goal>, Parameters<typeof answers>[0], string[]]>([
  ["a grant that was used up", {}, { start_subtask: [noGrant, succeeded("Written.")] }, ["start_subtask"]],
  ["a check that the host could not make", {}, { check_specification: [unchecked, clean()] }, ["check_specification"]],
  ["a last check", {}, { check_specification: [clean(), unchecked, clean()] }, ["check_specification", "make_service"]],
  [
    "questions that could not be asked",
    {},
    { check_specification: [asking, clean()], ask: [{ error: "Nobody is there." }, said("2")] },
    ["ask", "start_subtask"],
  ],
  [
    "questions that were answered with Stop",
    {},
    { check_specification: [asking, clean()], ask: [said("Stop"), said("2")] },
    ["ask", "start_subtask"],
  ],
  ["an approval", { mode: "supervised" }, { ask: [said("Stop"), said("Yes")] }, ["ask", "make_service"]],
])("a goal that %s ended is continued there", (_what, more, by, next) => {
  const talk = run(goalReply, given(more), answers({ ...USUAL, ...by }), {}, ["go on"]);
  const at = calls(talk).indexOf("end_task");
  expect(calls(talk).slice(at + 1, at + 1 + next.length)).toEqual(next);
  expect(calls(talk).filter((name) => name === "end_task")).toHaveLength(2);
  expect(talk.end.status).toBe("success");
});

test("each continuation takes back one end, and a fifth change of an approval only with one", () => {
  const twice = answers({ ...USUAL, start_subtask: [noGrant, noGrant, succeeded("Written.")] });
  expect(run(goalReply, given(), twice, {}, ["go on"]).end.reason).toBe("out_of_grant");
  const again = answers({ ...USUAL, start_subtask: [noGrant, noGrant, succeeded("Written.")] });
  expect(run(goalReply, given(), again, {}, ["go on", "go on"]).end.status).toBe("success");
  const other = Array.from({ length: 6 }, (_, at) => said(`Make it ${at}`));
  const changes = answers({ ...USUAL, ask: [...other, said("Yes")] });
  const talk = run(goalReply, given({ mode: "supervised" }), changes, {}, ["go on"]);
  expect(calls(talk).filter((name) => name === "ask")).toHaveLength(7);
  expect(talk.end.status).toBe("success");
});

test.each<[string, Parameters<typeof answers>[0], object]>([
  [
    "a check that the host cannot make",
    { ...USUAL, check_specification: [{ error: "The disk is full." }] },
    { result: "The specification could not be checked: The disk is full." },
  ],
  [
    "a service that cannot be made",
    { ...USUAL, make_service: [{ error: "There is no blueprint." }] },
    { result: "The service could not be made: There is no blueprint." },
  ],
  [
    "a grant that is used up",
    {
      ...USUAL,
      start_subtask: [noGrant],
    },
    { reason: "out_of_grant" },
  ],
])("%s ends the goal, and no round begins", (_what, by, end) => {
  const talk = run(goalReply, given(), answers(by));
  expect(talk.end).toMatchObject({ status: "failure", ...end });
  expect(calls(talk)).not.toContain("check_goal");
});

const CHANGED = { lines: ["R1 changed: Book twice (before: Book)"], breaking: ["`guest` is gone."] };
const changing = (more: Partial<Goal> = {}) =>
  lead(goal({ validation_command: null, service_change: { name: "studio" }, ...more }));
const remade = JSON.stringify({ ...made, change: { ...CHANGED, conflicts: ["src/app.ts"] } });

test("a change that breaks clients is asked about, and its rounds settle what git has marked", () => {
  const talk = run(
    goalReply,
    changing(),
    answers({
      ...USUAL,
      check_specification: [clean({ change: CHANGED })],
      ask: [JSON.stringify({ answer: "Yes" })],
      change_service: [remade],
    }),
  );
  expect(calls(talk)).toEqual([
    "check_goal",
    "start_subtask",
    "check_specification",
    "check_specification",
    "ask",
    "change_service",
    "check_goal",
    "end_task",
  ]);
  expect(talk.made[2]?.input).toMatchObject({ stage: "draft", service_change: { name: "studio" } });
  expect(talk.made[4]?.input.question).toContain("- `guest` is gone.");
  expect(talk.made[5]?.input).toEqual({ service_change: { name: "studio" }, answers: {}, source: "Do it" });
  expect(talk.end.result).toContain("It breaks clients, which was agreed to: `guest` is gone.");
});

test.each<[string, string, string]>([
  ["the project has one, which a person chose", "npm test", "npm run check"],
  ["Banyan did not make the service, so that no blueprint has one", "npm test", ""],
])("a change is checked by the command of the project when %s", (_what, command, check) => {
  const by = { ...USUAL, change_service: [JSON.stringify({ ...made, check, setup: "" })] };
  const talk = run(goalReply, changing({ validation_command: command }), answers(by));
  const last = talk.made.filter(({ name }) => name === "check_goal").at(-1);
  expect(last?.input).toMatchObject({ validation_command: command, setup_command: null });
});

test("without a command of the project or a blueprint, the acceptance criteria alone show a change", () => {
  const by = { ...USUAL, change_service: [JSON.stringify({ ...made, check: "", setup: "" })] };
  const talk = run(goalReply, changing(), answers(by));
  const last = talk.made.filter(({ name }) => name === "check_goal").at(-1);
  expect(last?.input).toMatchObject({ validation_command: null, setup_command: null });
  // Every check of the writer's files knows what was there before.
  const checks = talk.made.filter(({ name }) => name === "check_specification");
  expect(checks.map(({ input }) => input.begun)).toEqual(["s0", "s0"]);
});

test.each<[string, string[], string]>([
  ["Stop", ["check_specification", "ask", "restore_files", "end_task"], "was not approved."],
  ["Yes", ["check_specification", "ask", "change_service", "end_task"], "is still in the folder"],
])("a change that is answered “%s” and cannot be made says what is left of it", (answer, last, told) => {
  const talk = run(
    goalReply,
    changing(),
    answers({
      ...USUAL,
      check_specification: [clean({ change: CHANGED })],
      ask: [JSON.stringify({ answer })],
      change_service: [{ error: "The record is damaged." }],
      restore_files: ["Restored."],
    }),
  );
  expect(calls(talk).slice(-4)).toEqual(last);
  expect(talk.end.result).toContain(told);
});

test("a change that was stopped is written again when a person continues it, because its files were put back", () => {
  const talk = run(
    goalReply,
    changing(),
    answers({
      ...USUAL,
      check_specification: [clean({ change: CHANGED })],
      ask: [said("Stop"), said("Yes")],
      change_service: [remade],
      restore_files: ["Restored."],
    }),
    {},
    ["Keep the guest."],
  );
  const at = calls(talk).indexOf("end_task");
  expect(calls(talk).slice(at - 1)).toEqual([
    "restore_files",
    "end_task",
    "start_subtask",
    "check_specification",
    "check_specification",
    "ask",
    "change_service",
    "check_goal",
    "end_task",
  ]);
  expect(talk.made[at + 1]?.input.instruction).toContain("A person has said since:\n\nKeep the guest.");
  expect(talk.end.status).toBe("success");
});

test("a change whose files could not be remembered is continued", () => {
  const full = { error: "The disk is full." };
  const by = { ...USUAL, check_goal: [full, full, full, held], change_service: [remade] };
  const talk = run(goalReply, changing(), answers(by), {}, ["There is space."]);
  expect(calls(talk).slice(2, 6)).toEqual(["check_goal", "end_task", "check_goal", "start_subtask"]);
  expect(talk.end.status).toBe("success");
});
