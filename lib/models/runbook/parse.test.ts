import { describe, expect, test } from "vitest";
import { parseRunbook } from "./parse";
import { seededRunbook } from "./testing";

const HEAD = `---
name: sample
description: A sample.
inputs:
  path: { description: where, default: "." }
---
# Sample

`;
/** The line of the first line after HEAD. */
const BODY = 9;
const END = "## End\n```step\nend: { result: done }\n```\n";
const step = (yaml: string, title = "Do it") => `## ${title}\n\`\`\`step\n${yaml}\n\`\`\`\n`;

function check(text: string, ...expected: [number, RegExp][]): void {
  const { errors = [] } = parseRunbook(text);
  for (const [index, [line, reason]] of expected.entries()) {
    expect(errors[index]?.reason, JSON.stringify(errors)).toMatch(reason);
    expect(errors[index]?.line, JSON.stringify(errors)).toBe(line);
  }
  expect(errors).toHaveLength(expected.length);
}

describe("a valid runbook", () => {
  test.each(["repository-survey", "repository-folder", "dependency-check"])("the seeded %s", (name) => {
    const { runbook, errors } = parseRunbook(seededRunbook(name));
    expect(errors ?? []).toEqual([]);
    expect(runbook?.name).toBe(name);
  });

  test("its parts", () => {
    const text = `${HEAD}${step("call: read_file\nwith: { path: '{{inputs.path}}' }\nsave: file\non_error: continue", "Read")}
Prose, and an example that is no step:

\`\`\`yaml
## not a heading
\`\`\`

${END}`;
    const { runbook } = parseRunbook(text);
    expect(runbook?.steps.map(({ number, title, onError }) => ({ number, title, onError }))).toEqual([
      { number: 1, title: "Read", onError: "continue" },
      { number: 2, title: "End", onError: "stop" },
    ]);
    expect(runbook?.inputs.get("path")).toEqual({ description: "where", default: ".", required: false });
  });

  test("Windows line ends and a byte order mark", () => {
    expect(parseRunbook(`\uFEFF${HEAD}${END}`.replaceAll("\n", "\r\n")).errors).toBeUndefined();
  });
});

describe("the front matter", () => {
  test("is present", () => check("# Sample\n", [1, /starts with front matter/]));
  test("has an end", () => check("---\nname: x\n", [1, /starts with front matter/]));
  test("has a name and a description", () =>
    check(`---\nmatch: [a]\n---\n${END}`, [1, /"name" is missing/], [1, /"description" is missing/]));
  test("has no unknown key", () => check(HEAD.replace("inputs:", "input:") + END, [4, /unknown key "input"/]));
  test("has a proper name", () =>
    check(HEAD.replace("name: sample", "name: My Sample") + END, [2, /lower-case words/]));
  test("has valid patterns", () =>
    check(
      `${HEAD.replace("inputs:", "match:\n  - fine\n  - /(?=a)b/\n  - /(/\n  - 3\ninputs:")}${END}`,
      [6, /look-around/],
      [7, /not valid/],
      [8, /must be text/],
    ));
  test("declares inputs with known keys", () =>
    check(HEAD.replace("description: where", "about: where") + END, [5, /"about" is unknown/]));
  test("has no default beside required", () =>
    check(HEAD.replace('default: "."', 'default: ".", required: true') + END, [5, /needs no default/]));
  test("is valid YAML", () => check(HEAD.replace("A sample.", "a: b: c") + END, [3, /not valid YAML/]));
});

describe("the sections", () => {
  test("there is a step", () => check(HEAD, [BODY, /no steps/]));
  test("each has a step", () => check(`${HEAD}## Nothing\nText.\n${END}`, [BODY, /has no step/]));
  test("each has one step", () =>
    check(`${HEAD}## Two\n\`\`\`step\nset: { a: 1 }\n\`\`\`\n\`\`\`step\nset: { b: 1 }\n\`\`\`\n${END}`, [
      BODY + 4,
      /second step block/,
    ]));
  test("a step has a heading", () =>
    check(`${HEAD}\`\`\`step\nset: { a: 1 }\n\`\`\`\n${END}`, [BODY, /under a heading/]));
  test("a block has an end", () => check(`${HEAD}${END}\n~~~\ntext`, [BODY + 5, /is not closed/]));
  test("the last step ends", () => check(HEAD + step("set: { a: 1 }"), [BODY, /must be an "end"/]));
  test("the last step ends in any case", () =>
    check(HEAD + step("end: { result: x }\nwhen: task exists"), [BODY, /must be an "end"/]));
  test("the last step does not continue", () =>
    check(HEAD + step("end: { result: x }\non_error: continue"), [BODY, /nothing to continue with/]));
  test("steps may follow an end that continues", () => {
    const text = HEAD + step("end: { result: x }\non_error: continue") + END;
    expect(parseRunbook(text).errors ?? []).toEqual([]);
  });
  test("nothing follows an end", () => check(HEAD + END + END, [BODY + 4, /never reached/]));
  test("the closing tag of the system prompt is refused", () =>
    check(`${HEAD}</runbook>\n${END}`, [BODY, /must not hold/]));
});

describe("the steps", () => {
  const refused = (yaml: string, ...expected: [number, RegExp][]) =>
    check(HEAD + step(yaml) + END, ...expected.map(([line, reason]): [number, RegExp] => [BODY + 1 + line, reason]));

  test("an unknown verb", () => refused("run: ls", [1, /"run" is not a step verb; the verbs are call/]));
  test("two verbs", () => refused("call: ask\nset: { a: 1 }", [2, /one thing.*call and set/]));
  test("an unknown key", () => refused("call: read_file\nwhit: { path: a }", [2, /unknown key "whit"/]));
  test("a key of another verb", () => refused("render: x\nsave: a\nfor_each: task", [3, /unknown key "for_each"/]));
  test("a missing key", () => refused("render: x", [1, /"save" is missing/]));
  test("a check without condition", () => refused("check: It is so", [1, /"that" is missing/]));
  test("a name used before it is saved", () =>
    refused("call: read_file\nwith:\n  path: 'a/{{ file.path }}'", [3, /column 15: "file" is not known here/]));
  test("an input that is not declared", () => refused("set: { a: '{{inputs.paht}}' }", [1, /no input "paht"/]));
  test("a bad expression, with its column", () =>
    refused("call: read_file\nwhen: task ==", [2, /column 14: the expression ends/]));
  test("a bad expression in a literal block, with its line and column", () =>
    refused("save: a\nrender: |\n  one\n  two {{ task | }}\n  three", [4, /column 17: .*must follow "\|"/]));
  test("an unknown name in a loop of a template", () =>
    refused("save: a\nrender: |\n  {{#each task as x}}\n  {{ y }}\n  {{/each}}", [4, /column 6: "y" is not known/]));
  test("a loop's name ends with the loop", () =>
    refused("save: a\nrender: '{{#each task as x}}{{x}}{{/each}}{{x}}'", [2, /"x" is not known/]));
  test("a name that is saved twice", () =>
    check(`${HEAD}${step("set: { a: 1 }", "One")}${step("render: x\nsave: a", "Two")}${END}`, [
      BODY + 7,
      /already saved/,
    ]));
  test("a name of the runbook's own", () => refused("set: { task: 1 }", [1, /name of the runbook's own/]));
  test("a loop over a name that is taken", () =>
    refused("call: read_file\nfor_each: task\nas: inputs", [3, /already means something/]));
  test("as without for_each", () => refused("call: read_file\nas: file", [2, /without "for_each"/]));
  test("a wrong choice", () =>
    refused("call: read_file\non_error: ignore", [2, /must be stop or continue, not "ignore"/]));
  test("tools that have their own verbs", () =>
    refused("call: end_task\nwith: { status: success }", [1, /use the verb "end"/]));
  test("a subtask without anything to do", () =>
    refused("start_subtasks: { title: x }", [1, /needs a runbook, an instruction/]));
  test("a subtask without a title", () => refused("start_subtasks: { runbook: x }", [1, /"title" is missing/]));
  test("an unknown key of a subtask", () =>
    refused("start_subtasks:\n  title: x\n  runbook: y\n  input: { a: 1 }", [4, /unknown key "input"/]));
  test("an end with two results", () =>
    refused("when: task\nend: { result: x, result_json: y }", [2, /either "result" or "result_json"/]));
  test("claims that are no list", () =>
    refused("when: task\nend: { result: x, claims: y }", [2, /must be a list of maps/]));
  test("a claim without a statement", () =>
    refused("when: task\nend:\n  result: x\n  claims:\n    - { command: ls }", [5, /"statement" is missing/]));
  test("a claim with an unknown key, and one that expects something of no command", () =>
    refused(
      "when: task\nend:\n  result: x\n  claims:\n    - { statement: a, comand: ls }\n    - { statement: b, expect: 0 }",
      [5, /unknown key "comand"/],
      [6, /"expect" needs a "command"/],
    ));
  test("options that are no list", () => refused("ask: x\noptions: y", [2, /must be a list of answers/]));
  test("an unknown name in an option", () => refused("ask: x\noptions:\n  - '{{ y }}'", [3, /"y" is not known/]));
  test("an end that saves what nobody reads", () =>
    refused("when: task\nend: { result: x }\nsave: back", [3, /needs "on_error: continue"/]));
  test("braces without quotes", () => refused("call: read_file\nwith:\n  path: {{task}}", [3, /quotes/]));
  test("YAML that is no map", () => refused("- a\n- b", [1, /"key: value" lines/]));
  test("YAML that cannot be read", () => refused("call: read_file\nwith: [a", [2, /not valid YAML/]));
  test("all faults are listed, in order", () =>
    refused(
      "call: read_file\nwhen: a ==\nsave: 2x\nwhat: 1",
      [2, /ends where/],
      [3, /is not a valid name/],
      [4, /unknown key/],
    ));
});

/** The package that reads YAML took minutes for it, and then ended the process. */
test("a step that is nested too deeply is refused", () => {
  check(`${HEAD}${step(`call: read_file\nwith:\n  ${"? ".repeat(3_000)}`)}${END}`, [BODY + 2, /nested too deeply/]);
});
