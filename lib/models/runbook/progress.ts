import type { Value, ValueMap } from "@/core/programs/json";
import { evaluate } from "./evaluate";
import type { Runbook, Step, ValueTemplate } from "./runbook";
import { renderTemplate } from "./template";

/** A runbook's check; the host judges the task by these. */
export interface Check {
  statement: string;
  passed: boolean;
  evidence: string;
  required: boolean;
}

/** The state of following a runbook: the values of its names, the checks made, and the errors it continued after. */
export class Progress {
  private readonly values = new Map<string, Value>();
  readonly checks: Check[] = [];
  readonly errors: { step: number; title: string; reason: string }[] = [];
  /** What happened since the last calls were answered, for people who follow the log. */
  notes: string[] = [];

  constructor(runbook: Runbook, inputs: ValueMap, task: string) {
    this.values.set("inputs", inputs);
    this.values.set("task", task);
    this.values.set("runbook", { name: runbook.name, description: runbook.description, steps: runbook.steps.length });
  }

  names(): ReadonlyMap<string, Value> {
    const checks = this.checks.map((check): Value => ({ ...check }));
    return this.values.set("checks", checks).set("errors", [...this.errors]);
  }

  /** Returns the names plus a loop's element. */
  namesWith(item: string, element: Value): ReadonlyMap<string, Value> {
    return new Map(this.names()).set(item, element);
  }

  save(name: string | null, value: Value): void {
    if (name !== null) this.values.set(name, value);
  }

  note(step: Step, text: string): void {
    this.notes.push(`Step ${step.number}, “${step.title}”: ${text}`);
  }

  fail(step: Step, reason: string): void {
    this.errors.push({ step: step.number, title: step.title, reason });
    this.note(step, reason);
  }
}

/** Returns the value of a template with its expressions evaluated. Throws `ValueFault`. */
export function fill(template: ValueTemplate, names: ReadonlyMap<string, Value>): Value {
  switch (template.kind) {
    case "fixed":
      return template.value;
    case "expression":
      return evaluate(template.expression, names);
    case "text":
      return renderTemplate(template.nodes, names);
    case "list":
      return template.elements.map((element) => fill(element, names));
    case "map":
      return Object.fromEntries(template.entries.map(([key, value]) => [key, fill(value, names)]));
  }
}

/** Returns a map without the inputs that have no value, because tools expect an absent input and not null. */
export function fillInputs(template: ValueTemplate, names: ReadonlyMap<string, Value>): ValueMap {
  const filled = fill(template, names);
  const entries = Object.entries(filled as ValueMap).filter(([, value]) => value !== null);
  return Object.fromEntries(entries);
}
