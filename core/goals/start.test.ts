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

const place = { command: "checker", program: "checker", why: "not_found", places: ["~/.pyenv/shims/checker"] };
const cannot = checked({ cannot_run: [place] });

test("a person is asked about a command that cannot run before any round, and may change it", () => {
  const change = { change: { validation_command: "python3 -m checker" } };
  const talk = run(goalReply, lead(goal({ validation_command: "checker" })), answers([cannot, held], "Check again"), {
    2: [change],
  });
  expect(names(talk)).toEqual(["check_goal", "ask", "check_goal", "end_task"]);
  const question = String(talk.made[1]?.input.question);
  expect(question).toContain(
    "`checker` cannot run: checker is not in the sandbox, which sees /usr and the folder of the goal. On this machine there is ~/.pyenv/shims/checker.",
  );
  expect(question).toMatch(/\n- Check again\n- Go on\n- Stop$/);
  expect(talk.made[2]?.input).toMatchObject({ start: "s0", validation_command: "python3 -m checker" });
  expect(talk.end.status).toBe("success");
});

test("a person may go on without the program, or stop without a round", () => {
  const given = lead(goal({ validation_command: "checker", max_iterations: 1 }));
  const going = run(goalReply, given, (name) =>
    name === "ask" ? JSON.stringify({ answer: "Go on" }) : name === "check_goal" ? cannot : { error: "No model." },
  );
  expect(names(going).slice(0, 3)).toEqual(["check_goal", "ask", "start_subtask"]);
  const stopped = run(goalReply, given, answers([cannot], "Stop"));
  expect(names(stopped)).toEqual(["check_goal", "ask", "end_task"]);
  expect(stopped.end).toMatchObject({ status: "failure", reason: "by_person" });
});

test("a person is asked about a scope that leaves out most of the work, and may add it", () => {
  const left = checked({ scope: ["*.md"], left_out: { files: ["Dockerfile", "web/[a].yml"], count: 2, of: 3 } });
  const scopes: unknown[] = [];
  const talk = (answer: string) => {
    const made = run(goalReply, lead(goal({ max_iterations: 1 })), (name, input) => {
      if (name === "ask") scopes.push(input.question);
      return name === "ask" ? JSON.stringify({ answer }) : name === "check_goal" ? left : { error: "No model." };
    });
    return made;
  };
  expect(names(talk("Go on")).slice(0, 3)).toEqual(["check_goal", "ask", "start_subtask"]);
  expect(scopes[0]).toContain("Dockerfile, web/[a].yml (2 of 3)");
  expect(names(talk("Stop"))).toEqual(["check_goal", "ask", "end_task"]);
  expect(names(talk("Add them")).slice(0, 3)).toEqual(["check_goal", "ask", "start_subtask"]);
  const held = checked({
    valid: true,
    checks: [{ command: "a", weight: 1, share: 1, met: true, evidence: "" }],
    left_out: { files: ["Dockerfile"], count: 1, of: 1 },
  });
  expect(names(run(goalReply, lead(goal()), answers([held], "Stop")))).toEqual(["check_goal", "end_task"]);
});
