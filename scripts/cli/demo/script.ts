/** What the scripted model answers: the trees of the demo, and an honest sentence to every other task. */
import type { Submission } from "@/core/shapes/submission";
import type { ScriptedReply, ScriptedRequest } from "@/lib/models/scripted-model";
import { type DemoRepositories, TEST_COMMAND } from "./repositories";

/** Every tree of the demo says in its title that it is scripted. */
const titled = (title: string) => `Scripted demo: ${title}`;
const LIVE = titled("Add discount codes to the shop, keep every test green");
const SURVEY = titled("What does this repository do?");
const RELEASE = titled("Is the shop ready for a release?");
const GOAL = titled("Make the tests of the invoices pass");

/** The result of every task that the script does not know. */
const NOT_YOURS =
  "This is a scripted demo, so nothing was done. To solve your own task, end the demo, start Banyan with `npx banyan`, and add an API key where Home asks for it.";

const FINISHED_MS = 150;

type Step = Omit<ScriptedReply, "delayMs"> | ((request: ScriptedRequest) => Omit<ScriptedReply, "delayMs">);

const call = (name: string, input: object) => ({ name, input });
const reply = (text: string, ...calls: ScriptedReply["calls"]) => ({ text, calls });
const end = (result: string, more: object = {}) => reply("", call("end_task", { status: "success", result, ...more }));
const fail = (result: string) => reply("", call("end_task", { status: "failure", result }));
const part = (title: string, more: object = {}) =>
  call("start_subtask", { instruction: titled(title), title, agent: "coder", ...more });
const write = (path: string, content: string) => call("write_file", { path, content });
const read = (path: string) => call("read_file", { path });
const runTests = (text: string) => reply(text, call("use_terminal", { command: TEST_COMMAND }));

/** Returns the model's answers. Without a sandbox, commands and claims that need one are left out. */
export function demoScript({ paceMs, hasSandbox }: { paceMs: number; hasSandbox: boolean }) {
  const live = liveSteps(hasSandbox);
  const finished = finishedSteps();
  return (request: ScriptedRequest): ScriptedReply => {
    const { agent, prompt } = request;
    const delayed = (step: Step, delayMs: number) => ({
      ...(typeof step === "function" ? step(request) : step),
      delayMs,
    });
    const finishing = FINISHING[agent];
    if (finishing) return delayed(finishing, FINISHED_MS);
    if (agent === "goal_planner" && prompt.includes(GOAL)) return delayed(plan(request), FINISHED_MS);
    const steps = live[prompt] ?? finished[prompt] ?? roundSteps(prompt);
    const step = isWaiting(request) ? WAIT : (steps[stepsDone(request)] ?? fail(NOT_YOURS));
    return delayed(step, prompt in live ? paceMs : FINISHED_MS);
  };
}

const WAIT = reply(
  "This is a script, which cannot follow your message: it waits for its subtasks and then goes on.",
  call("wait_for_subtasks", {}),
);

/** A message ends the wait for subtasks, so a task may be asked for its next step while they still run. */
function isWaiting({ replies }: ScriptedRequest): boolean {
  const told = replies.at(-1)?.told ?? [];
  return told.some((each) => each.startsWith('{"status":"running"') || each.startsWith("Not ended. Still running"));
}

/** A message also calls off what waits for an approval or for its judge, so that step is given again. */
const CALLED_OFF = ["Not run: while ", "Not ended. ", '{"status":"not ended"}'];

function stepsDone({ replies }: ScriptedRequest): number {
  const done = replies.filter(
    ({ tools, told }) =>
      !tools.includes("wait_for_subtasks") &&
      !told.some((each) => CALLED_OFF.some((beginning) => each.startsWith(beginning))),
  );
  return done.length;
}

const wasTold = ({ replies }: ScriptedRequest, test: (each: string) => boolean) =>
  replies.some(({ told }) => told.some(test));

/** The trees that are finished soon after the start. */
export function finishedTrees({ shop, invoices }: DemoRepositories, hasSandbox: boolean): Submission[] {
  const trees: Submission[] = [
    { task: SURVEY, agent: "coder", workspace: shop, copy: true },
    { task: RELEASE, agent: "worker", workspace: shop, copy: true },
  ];
  const goal = { validation_command: TEST_COMMAND, scope: ["invoice.js"] };
  // A goal is measured by its command.
  return hasSandbox ? [...trees, { task: GOAL, workspace: invoices, copy: true, goal }] : trees;
}

/** The tree that grows while the person looks. */
export const liveTree = ({ shop }: DemoRepositories): Submission => ({
  task: LIVE,
  agent: "worker",
  workspace: shop,
  copy: true,
});

const JUDGED = "Scripted: the demo's judge passes every result. Claims with commands were really run.";
const FINISHING: Record<string, Step> = {
  task_evaluator: end(JSON.stringify({ outcome: "pass", reasons: [JUDGED] })),
  summary_agent: end("Done, as the result says. (Scripted)"),
  documentation_agent: end("Nothing to document. (Scripted)"),
};

const DISCOUNT_TESTS = `import assert from "node:assert";
import test from "node:test";
import { total } from "./cart.js";
import { discounted } from "./discount.js";

test("SPRING takes a tenth off", () => assert.equal(discounted(1000, "SPRING"), 900));
test("an unknown code changes nothing", () => assert.equal(discounted(1000, "AUTUMN"), 1000));
test("parts of a cent are rounded down", () => assert.equal(discounted(999, "SPRING"), 899));
test("a cart takes a code", () => assert.equal(total([{ cents: 500, count: 2 }], "SPRING"), 900));
`;
const discount = (result: string) => `const PERCENT_OFF = { SPRING: 10 };

/** The price in cents after the code's discount; unknown codes change nothing. */
export function discounted(cents, code) {
  const percent = PERCENT_OFF[code] ?? 0;
  return ${result};
}
`;
const CART = {
  old: `/** The price of a cart, in cents. */
export function total(items) {
  return items.reduce((sum, { cents, count }) => sum + cents * count, 0);
}`,
  new: `import { discounted } from "./discount.js";

/** The price of a cart, in cents, after the discount of a code. */
export function total(items, code) {
  const cents = items.reduce((sum, item) => sum + item.cents * item.count, 0);
  return discounted(cents, code);
}`,
};

const PLAN = `I split the work. Three parts run side by side, and the code waits for two of them:

1. **Read the shop** and run its tests
2. **Write the tests** of discount codes
3. **Write the code**, after 1 and 2
4. **Tell customers** in the README
`;
const PARTS = {
  read: "Read the shop and run its tests",
  tests: "Write the tests of discount codes",
  code: "Write the code of discount codes",
  readme: "Tell customers about discount codes",
};
const REJECTED = "`cart.js` was not changed, because you rejected the edit. So the cart takes no codes.";

function liveSteps(hasSandbox: boolean): Record<string, Step[]> {
  const command = (step: Step) => (hasSandbox ? [step] : []);
  const claims = hasSandbox ? { claims: [{ statement: "Every test passes", command: TEST_COMMAND }] } : {};
  return {
    [LIVE]: [
      reply(PLAN, part(PARTS.read), part(PARTS.tests), codePart(), part(PARTS.readme)),
      (request) =>
        wasTold(request, (each) => each.includes(REJECTED))
          ? fail(`There are tests and code of discount codes. ${REJECTED}`)
          : end("Carts take discount codes: `SPRING` takes a tenth off. Open Files to see the change.", claims),
    ],
    [titled(PARTS.read)]: [
      reply("I look at what there is.", call("list_directory", { path: "." }), read("cart.js")),
      ...command(runTests("Before anything changes, I run the tests.")),
      end("`cart.js` adds prices in `total`. A discount belongs at its end, after the sum."),
    ],
    [titled(PARTS.tests)]: [
      reply("Four tests say what a discount code is.", write("discount.test.js", DISCOUNT_TESTS)),
      end("`discount.test.js` has four tests. They fail until the code is there."),
    ],
    [titled(PARTS.code)]: [
      reply("A first version.", write("discount.js", discount("cents - cents * (percent / 100)"))),
      ...command(runTests("I run the tests.")),
      reply(
        "Parts of a cent are left over: I round down.",
        write("discount.js", discount("cents - Math.ceil((cents * percent) / 100)")),
      ),
      ...command(runTests("One test should be left: the cart does not use codes yet.")),
      reply(
        "The last change is in `cart.js`. In this demo, edits need your approval.",
        call("edit_file", { path: "cart.js", old_text: CART.old, new_text: CART.new }),
      ),
      (request) =>
        isEdited(request) ? end("Carts take codes, and parts of a cent are rounded down.", claims) : fail(REJECTED),
    ],
    [titled(PARTS.readme)]: [
      reply("I read what customers see.", read("README.md")),
      reply(
        "One sentence is enough.",
        write("README.md", "# Shop\n\nA cart that adds prices, in cents. The code `SPRING` takes a tenth off.\n"),
      ),
      end("The README names the code."),
    ],
  };
}

const codePart = () => part(PARTS.code, { depends_on: [PARTS.read, PARTS.tests] });
const isEdited = (request: ScriptedRequest) => wasTold(request, (each) => each.startsWith("Replaced "));

const CHECKS = { changes: "Check that the changelog is complete", glossary: "Translate the changelog" };

function finishedSteps(): Record<string, Step[]> {
  return {
    [SURVEY]: [
      reply("", call("list_directory", { path: "." }), read("cart.js"), read("cart.test.js")),
      end(
        "A small shop: `cart.js` has one function, `total`, which adds the prices of a cart in cents.\n\n| file | what it holds |\n| --- | --- |\n| `cart.js` | the function `total` |\n| `cart.test.js` | two tests of it |",
      ),
    ],
    [RELEASE]: [
      reply("Two checks run side by side.", part(CHECKS.changes), part(CHECKS.glossary)),
      end("Nearly: the changelog is complete, and its translation needs a glossary that does not exist."),
    ],
    [titled(CHECKS.changes)]: [reply("", read("CHANGELOG.md"), read("cart.js")), end("The changelog names `total`.")],
    [titled(CHECKS.glossary)]: [
      reply("", read("docs/glossary.md")),
      fail("There is no `docs/glossary.md`, and without it the words would be guessed."),
    ],
  };
}

/** What each round of the goal does. The first is wrong, and its score says so. */
const ROUNDS = [
  {
    title: "Return the size of the sum, so that one price is right",
    code: "export const total = (prices) => Math.abs(prices.reduce((sum, price) => sum - price, 0));\n",
  },
  {
    title: "Add the prices instead of subtracting them",
    code: "export const total = (prices) => prices.reduce((sum, price) => sum + price, 0);\n",
  },
];

function plan({ prompt }: ScriptedRequest): Step {
  const number = Number(/round (\d+)/i.exec(prompt)?.[1]);
  const round = ROUNDS[number - 1];
  if (!round) return fail("The script has no further round.");
  const { title } = round;
  return end(JSON.stringify({ plan: title, steps: [{ title, instruction: titled(`Round ${number}. ${title}`) }] }));
}

/** The host adds what the task should know to the instruction of a step. */
function roundSteps(prompt: string): Step[] {
  const round = ROUNDS[Number(/^Scripted demo: Round (\d+)\./m.exec(prompt)?.[1]) - 1];
  return round ? [reply("", write("invoice.js", round.code)), end("The file is written.")] : [];
}
