import { isMap, isScalar, isSeq, type Node, type Scalar } from "yaml";
import { type Expression, parseExpression } from "./expression";
import type { ClaimTemplate, Loop, Step, StepAction, ValueTemplate } from "./runbook";
import { type Scope, UsedNames } from "./scope";
import { type Entry, plainValue, type YamlSource } from "./source";
import { parseTemplate, type TemplateNode } from "./template";

/** The keys that each verb allows beside it; "!" marks required keys. */
const VERBS: Record<StepAction["verb"], string[]> = {
  call: ["with", "for_each", "as", "save", "expect", "repeatable"],
  start_subtasks: ["save"],
  ask: ["options", "save"],
  write: ["save"],
  render: ["save!"],
  set: [],
  check: ["that!", "evidence", "required"],
  end: ["save"],
};
export const VERB_NAMES = Object.keys(VERBS);
const COMMON_KEYS = ["when", "on_error"];
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Parses one step's block. Faults are added to the source; a step with faults is null or incomplete, and must not be
 * used.
 */
export function parseStep(source: YamlSource, head: { number: number; title: string }, scope: Scope): Step | null {
  return new StepReader(source, scope).step(head);
}

class StepReader {
  private readonly fields = new Map<string, Entry>();

  constructor(
    private readonly source: YamlSource,
    private readonly scope: Scope,
  ) {
    for (const entry of source.entries) this.fields.set(entry.key, entry);
  }

  step(head: { number: number; title: string }): Step | null {
    const verbEntry = this.verbEntry();
    if (!verbEntry) return null;
    const verb = verbEntry.key as StepAction["verb"];
    this.checkKeys(verb, verbEntry.line);
    const when = this.optionalExpression("when");
    const action = this.action(verb, verbEntry);
    const save = this.saved();
    return action && { ...head, when, save, onError: this.onError(), action };
  }

  private verbEntry(): Entry | null {
    const entries = this.source.entries;
    const verbs = entries.filter(({ key }) => Object.hasOwn(VERBS, key));
    if (verbs.length === 1) return verbs[0] ?? null;
    const all = VERB_NAMES.join(", ");
    if (verbs.length > 1) {
      const names = verbs.map(({ key }) => key).join(" and ");
      this.source.refuse(verbs[1]?.line ?? 1, `a step does one thing, but this step has ${names}`);
    } else if (entries[0]) {
      const known = new Set([...Object.values(VERBS).flat().map(bare), ...COMMON_KEYS]);
      const odd = entries.find(({ key }) => !known.has(key)) ?? entries[0];
      this.source.refuse(odd.line, `"${odd.key}" is not a step verb; the verbs are ${all}`);
    }
    return null;
  }

  private checkKeys(verb: StepAction["verb"], line: number): void {
    const allowed = [verb, ...VERBS[verb].map(bare), ...COMMON_KEYS];
    for (const entry of this.source.entries) {
      if (!allowed.includes(entry.key)) {
        this.source.refuse(
          entry.line,
          `unknown key "${entry.key}"; beside ${verb} you can use ${allowed.slice(1).join(", ")}`,
        );
      }
    }
    for (const key of VERBS[verb].filter((name) => name.endsWith("!")).map(bare)) {
      if (!this.fields.has(key)) this.source.refuse(line, `"${key}" is missing beside ${verb}`);
    }
  }

  private action(verb: StepAction["verb"], entry: Entry): StepAction | null {
    switch (verb) {
      case "call":
        return this.call(entry);
      case "start_subtasks":
        return this.startSubtasks(entry);
      case "ask":
        return { verb, question: this.template(entry), options: this.options() };
      case "write": {
        const fields = this.inner(entry, ["path!", "content!"]);
        return { verb, path: this.template(fields.get("path")), content: this.template(fields.get("content")) };
      }
      case "render":
        return { verb, template: this.template(entry) };
      case "set": {
        const values: [string, ValueTemplate][] = [];
        for (const { key, node, line } of this.source.mapEntries(entry, SET_SHAPE)) {
          values.push([key, this.value(node, line)]);
          this.declare(key, line);
        }
        return { verb, values };
      }
      case "check":
        return {
          verb,
          statement: this.template(entry),
          condition: this.optionalExpression("that") ?? NOTHING,
          evidence: this.template(this.fields.get("evidence")),
          required: this.choice(this.fields.get("required"), [false, true], false),
        };
      case "end":
        return this.end(entry);
    }
  }

  private call(entry: Entry): StepAction {
    const tool = plainValue(entry.node);
    if (typeof tool !== "string" || !NAME.test(tool))
      this.source.refuse(entry.line, '"call" must be the name of a tool');
    if (["start_subtask", "end_task"].includes(String(tool))) {
      const verb = tool === "end_task" ? "end" : "start_subtasks";
      this.source.refuse(entry.line, `use the verb "${verb}" instead of calling ${tool}`);
    }
    const loop = this.loop(this.fields);
    const scope = loop ? this.scope.with(loop.item) : this.scope;
    const input = this.fields.get("with");
    if (input && !(input.node && isMap(input.node)))
      this.source.refuse(input.line, '"with" must hold the inputs, as "name: value"');
    return {
      verb: "call",
      tool: String(tool),
      loop,
      input: input ? this.value(input.node, input.line, scope) : { kind: "map", entries: [] },
      expectJson: this.choice(this.fields.get("expect"), ["json", "text"], "text") === "json",
      repeatable: this.choice(this.fields.get("repeatable"), [false, true], false),
    };
  }

  private startSubtasks(entry: Entry): StepAction {
    const keys = ["for_each", "as", "title!", "runbook", "inputs", "agent", "instruction"];
    const fields = this.inner(entry, keys);
    if (!fields.has("runbook") && !fields.has("instruction")) {
      this.source.refuse(entry.line, '"start_subtasks" needs a runbook, an instruction, or both');
    }
    if (fields.has("inputs") && !fields.has("runbook")) {
      this.source.refuse(entry.line, '"inputs" needs a "runbook"');
    }
    const loop = this.loop(fields);
    const scope = loop ? this.scope.with(loop.item) : this.scope;
    const inputs = fields.get("inputs");
    const runbook = fields.get("runbook");
    return {
      verb: "start_subtasks",
      loop,
      title: this.template(fields.get("title"), scope),
      runbook: runbook ? this.word(runbook) : null,
      inputs: inputs ? this.value(inputs.node, inputs.line, scope) : { kind: "map", entries: [] },
      agent: fields.has("agent") ? this.word(fields.get("agent") as Entry) : "worker",
      instruction: this.template(fields.get("instruction"), scope),
    };
  }

  private end(entry: Entry): StepAction {
    const fields = this.inner(entry, ["status", "result", "result_json", "claims"]);
    const [result, json] = [fields.get("result"), fields.get("result_json")];
    if (!result === !json) this.source.refuse(entry.line, '"end" needs either "result" or "result_json"');
    const save = this.fields.get("save");
    if (save && this.onError() !== "continue")
      this.source.refuse(save.line, '"save" beside end needs "on_error: continue": else no step follows this one');
    return {
      verb: "end",
      status: this.choice(fields.get("status"), ["success", "failure"], "success"),
      result: result ? this.template(result) : null,
      resultJson: json ? this.value(json.node, json.line) : null,
      claims: this.elements(fields.get("claims"), CLAIMS_SHAPE).map((claim) => this.claim(claim)),
    };
  }

  private claim(entry: Entry): ClaimTemplate {
    const fields = this.inner(entry, ["statement!", "command", "expect"]);
    const [command, expect] = [fields.get("command"), fields.get("expect")];
    if (expect && !command) this.source.refuse(expect.line, '"expect" needs a "command"');
    return {
      statement: this.template(fields.get("statement")),
      command: command ? this.template(command) : null,
      expect: expect ? this.value(expect.node, expect.line) : null,
    };
  }

  private options(): TemplateNode[][] {
    return this.elements(this.fields.get("options"), "a list of answers").map((option) => this.template(option));
  }

  /** Returns the elements of a list as entries, each named after the list; none when the list is left out. */
  private elements(entry: Entry | undefined, what: string): Entry[] {
    if (!entry) return [];
    if (entry.node && isSeq(entry.node)) {
      return entry.node.items.map((node) => this.source.element(entry, node as Node));
    }
    this.source.refuse(entry.line, `"${entry.key}" must be ${what}`);
    return [];
  }

  /** Returns the fields of a map under a verb, and refuses unknown keys. */
  private inner(entry: Entry, keys: string[]): Map<string, Entry> {
    const fields = new Map<string, Entry>();
    const names = keys.map(bare);
    for (const field of this.source.mapEntries(entry, `a map with ${names.join(", ")}`)) {
      fields.set(field.key, field);
      if (!names.includes(field.key)) {
        this.source.refuse(
          field.line,
          `unknown key "${field.key}"; under ${entry.key} you can use ${names.join(", ")}`,
        );
      }
    }
    if (!entry.node || !isMap(entry.node)) return fields;
    for (const name of keys.filter((key) => key.endsWith("!")).map(bare)) {
      if (!fields.has(name)) this.source.refuse(entry.line, `"${name}" is missing under ${entry.key}`);
    }
    return fields;
  }

  private loop(fields: Map<string, Entry>): Loop | null {
    const [list, item] = [fields.get("for_each"), fields.get("as")];
    if (!list && item) this.source.refuse(item.line, '"as" is used without "for_each"');
    if (!list) return null;
    const name = item ? this.word(item) : "item";
    if (!NAME.test(name) || this.scope.has(name)) {
      const reason = this.scope.has(name)
        ? "already means something else here; choose another name"
        : "is not a valid name: use only letters, digits and _";
      this.source.refuse((item ?? list).line, `"${name}" ${reason}`);
    }
    return { list: this.expression(list), item: name };
  }

  private optionalExpression(key: string): Expression | null {
    const entry = this.fields.get(key);
    return entry ? this.expression(entry) : null;
  }

  private expression(entry: Entry): Expression {
    if (!entry.node || !isScalar(entry.node)) {
      this.source.refuse(entry.line, `"${entry.key}" must be an expression`);
      return NOTHING;
    }
    const node = entry.node as Scalar;
    const expression = this.source.read(node, entry.line, parseExpression);
    if (expression) this.checkNames(node, entry.line, (names) => names.expression(expression, 0), this.scope);
    return expression ?? NOTHING;
  }

  private template(entry: Entry | undefined, scope = this.scope): TemplateNode[] {
    if (!entry) return [];
    if (entry.node && isScalar(entry.node)) return this.textTemplate(entry.node as Scalar, entry.line, scope);
    this.source.refuse(entry.line, `"${entry.key}" must be text`);
    return [];
  }

  private textTemplate(node: Scalar, line: number, scope: Scope): TemplateNode[] {
    const nodes = this.source.read(node, line, parseTemplate) ?? [];
    this.checkNames(node, line, (names) => names.template(nodes), scope);
    return nodes;
  }

  private checkNames(node: Scalar, line: number, collect: (names: UsedNames) => void, scope: Scope): void {
    const names = new UsedNames(scope);
    collect(names);
    for (const { reason, offset } of names.faults) {
      const place = this.source.placeIn(node, offset);
      this.source.refuse(place?.line ?? line, place ? `column ${place.column}: ${reason}` : reason);
    }
  }

  private value(node: Node | null, line: number, scope = this.scope): ValueTemplate {
    if (node && isMap(node)) {
      const entries = node.items.map((pair): [string, ValueTemplate] => {
        const key = isScalar(pair.key) ? String(pair.key.value) : "";
        if (key === "") this.source.refuseNode(node, line, "a text that starts with {{ needs quotes around it");
        return [key, this.value(pair.value as Node | null, line, scope)];
      });
      return { kind: "map", entries };
    }
    if (node && isSeq(node)) {
      return { kind: "list", elements: node.items.map((element) => this.value(element as Node, line, scope)) };
    }
    if (!node || !isScalar(node) || typeof node.value !== "string") return { kind: "fixed", value: plainValue(node) };
    const nodes = this.textTemplate(node as Scalar, line, scope);
    const only = nodes[0];
    if (nodes.length === 1 && only?.kind === "value") return { kind: "expression", expression: only.expression };
    return { kind: "text", nodes };
  }

  private saved(): string | null {
    const entry = this.fields.get("save");
    if (!entry) return null;
    const name = this.word(entry);
    this.declare(name, entry.line);
    return name;
  }

  private declare(name: string, line: number): void {
    if (!NAME.test(name)) this.source.refuse(line, `"${name}" is not a valid name: use only letters, digits and _`);
    else if (this.scope.has(name))
      this.source.refuse(line, `"${name}" is already saved by another step, or is a name of the runbook's own`);
    else this.scope.declare(name);
  }

  private onError(): "stop" | "continue" {
    return this.choice(this.fields.get("on_error"), ["stop", "continue"], "stop");
  }

  private word(entry: Entry): string {
    const value = plainValue(entry.node);
    if (typeof value === "string" && /^[\w-]+$/.test(value)) return value;
    this.source.refuse(entry.line, `"${entry.key}" must be one word`);
    return "";
  }

  private choice<Choice extends string | boolean>(
    entry: Entry | undefined,
    choices: Choice[],
    otherwise: Choice,
  ): Choice {
    if (!entry) return otherwise;
    const value = plainValue(entry.node);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      this.source.refuse(entry.line, `"${entry.key}" must be ${choices.join(" or ")}, not ${JSON.stringify(value)}`);
    }
    return found ?? otherwise;
  }
}

const NOTHING: Expression = { kind: "literal", value: null };
const CLAIMS_SHAPE = "a list of maps with statement, command, expect";
const SET_SHAPE = 'a map of "name: value"';

function bare(key: string): string {
  return key.replace("!", "");
}
