/** The first check of a goal whose setup was refused hosts, as a conversation. */
import { expect, test } from "vitest";
import { goalReply } from "./pursue";
import { type AnswerTo, checked, goal, lead, run } from "./testing/talks";

const held = checked({ valid: true, checks: [{ command: "a", weight: 1, share: 1, met: true, evidence: "" }] });
const refused = checked({
  hosts_refused: [
    { host: "registry.example", why: "not_allowed" },
    { host: "cdn.example:8443", why: "not_allowed" },
    { host: "127.0.0.1:4873", why: "private" },
  ],
});
const given = lead(goal({ setup_command: "npm install" }));

/** Checks are answered with these in turn, the last one again and again, and questions with an answer of a person. */
function answers(checks: string[], answer: string): AnswerTo {
  const left = [...checks];
  return (name) => {
    if (name === "ask") return JSON.stringify({ answer });
    if (name === "check_goal") return (left.length > 1 ? left.shift() : left[0]) ?? expect.fail();
    return expect.fail(`Nobody expects ${name}.`);
  };
}

const names = (talk: { made: { name: string }[] }) => talk.made.map(({ name }) => name);

test("a person is asked for the hosts before any round, and the start is checked again", () => {
  const talk = run(goalReply, given, answers([refused, refused, held], "Check again"));
  expect(names(talk)).toEqual(["check_goal", "ask", "check_goal", "ask", "check_goal", "end_task"]);
  const question = String(talk.made[1]?.input.question);
  expect(question).toContain(
    "`npm install` failed, and was refused hosts. Nobody has allowed registry.example, cdn.example:8443:",
  );
  expect(question).toContain("`npx banyan policy --allow registry.example,cdn.example:8443`");
  expect(question).toContain("127.0.0.1:4873 has a private address: the setting BANYAN_PRIVATE_HOSTS must name it.");
  expect(question).toMatch(/\n- Check again\n- Stop$/);
  // What the files were at the start does not change.
  expect(talk.made[2]?.input.start).toBe("s0");
  expect(talk.end.status).toBe("success");
});

test("a person who stops ends the goal without a round, and whoever continues it is asked again", () => {
  const stopped = run(goalReply, given, answers([refused], "Stop"));
  expect(names(stopped)).toEqual(["check_goal", "ask", "end_task"]);
  expect(stopped.end).toMatchObject({ status: "failure", reason: "by_person" });
  expect(stopped.end.result).toContain("Nobody has allowed registry.example");
  const continued = run(goalReply, given, answers([refused, held], "Stop"), {}, ["They are allowed now."]);
  expect(names(continued)).toEqual(["check_goal", "ask", "end_task", "check_goal", "end_task"]);
  expect(continued.end.status).toBe("success");
});

test("a check after the question that the host cannot make is tried again, also when a person continues the goal", () => {
  const full = { error: "The disk is full." };
  const left = [refused, full, full, full, held];
  const checks: AnswerTo = (name) =>
    name === "ask" ? JSON.stringify({ answer: "Check again" }) : (left.shift() ?? expect.fail());
  const talk = run(goalReply, given, checks, {}, ["There is space."]);
  expect(names(talk).slice(0, 3)).toEqual(["check_goal", "ask", "check_goal"]);
  expect(names(talk).slice(4)).toEqual(["check_goal", "end_task", "check_goal", "end_task"]);
  expect(talk.end.status).toBe("success");
});

test("a person's Stop counts, also in a goal that was continued before", () => {
  const full = { error: "The disk is full." };
  const left: ReturnType<AnswerTo>[] = [full, full, full, refused];
  const checks: AnswerTo = (name) =>
    name === "ask" ? JSON.stringify({ answer: "Stop" }) : (left.shift() ?? expect.fail());
  const talk = run(goalReply, given, checks, {}, ["There is space."]);
  expect(names(talk).slice(-3)).toEqual(["check_goal", "ask", "end_task"]);
  expect(talk.end.reason).toBe("by_person");
});

test("nobody is asked for ever", () => {
  const talk = run(goalReply, given, answers([refused], "Check again"));
  expect(names(talk).filter((name) => name === "ask")).toHaveLength(5);
  expect(talk.end.reason).toBe("by_person");
});

test("a setup that fails for another reason is a matter of the rounds", () => {
  const talk = run(goalReply, lead(goal({ setup_command: "npm install", max_iterations: 1 })), (name) =>
    name === "check_goal" ? checked({ hosts_refused: [] }) : { error: "There is no model." },
  );
  expect(names(talk)).not.toContain("ask");
  expect(names(talk)).toContain("start_subtask");
});
