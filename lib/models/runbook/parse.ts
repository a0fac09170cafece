import { isScalar, isSeq } from "yaml";
import { parseStep } from "./parse-step";
import { patternFault } from "./pattern";
import {
  MAX_RUNBOOK_CHARS,
  MAX_STEPS,
  type Matcher,
  type Runbook,
  type RunbookFault,
  type RunbookInput,
  type Step,
} from "./runbook";
import { Scope } from "./scope";
import { type Entry, plainValue, YamlSource } from "./source";

export type ParsedRunbook = { runbook: Runbook; errors?: undefined } | { errors: RunbookFault[]; runbook?: undefined };

/**
 * Parses a runbook: Markdown with front matter, and one step under each `##` heading, in a block fenced as `step`. An
 * invalid runbook gives every fault found, in the order of their lines.
 */
export function parseRunbook(text: string): ParsedRunbook {
  if (text.length > MAX_RUNBOOK_CHARS) {
    return { errors: [{ line: 1, reason: `a runbook has at most ${MAX_RUNBOOK_CHARS} characters` }] };
  }
  const faults: RunbookFault[] = [];
  const lines = text
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n")
    .split("\n");
  const end = lines.indexOf("---", 1);
  if (lines[0]?.trim() !== "---" || end < 0) {
    return { errors: [{ line: 1, reason: 'a runbook starts with front matter: YAML between two lines "---"' }] };
  }
  const head = readFrontMatter(new YamlSource(lines.slice(1, end).join("\n"), 2, faults));
  const scope = new Scope(new Set(head.inputs.keys()));
  const steps: Step[] = [];
  const sections = readSections(lines, end + 1, faults);
  for (const [index, section] of sections.entries()) {
    const title = { number: index + 1, title: section.title };
    const step =
      section.block && parseStep(new YamlSource(section.block.text, section.block.line, faults), title, scope);
    if (step) steps.push(step);
    if (step?.action.verb === "end" && !step.when && step.onError === "stop" && sections[index + 1]) {
      faults.push({
        line: sections[index + 1]?.line ?? 1,
        reason: "this step is never reached: the step before it always ends the task",
      });
    }
  }
  checkSections(sections, steps, lines.length, faults);
  if (faults.length > 0) return { errors: faults.toSorted((left, right) => left.line - right.line) };
  return { runbook: { ...head, steps } };
}

/** Returns all faults as one text for people, each with its line. */
export function describeFaults(errors: RunbookFault[]): string {
  return errors.map(({ line, reason }) => `line ${line}: ${reason}`).join("; ");
}

type FrontMatter = Omit<Runbook, "steps">;

function readFrontMatter(source: YamlSource): FrontMatter {
  const head: FrontMatter = { name: "", description: "", match: [], inputs: new Map() };
  for (const entry of source.entries) {
    const value = plainValue(entry.node);
    if (entry.key === "name") {
      if (typeof value === "string" && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value)) head.name = value;
      else source.refuse(entry.line, '"name" must be lower-case words joined by "-"');
    } else if (entry.key === "description") {
      if (typeof value === "string" && value.trim() !== "") head.description = value.trim();
      else source.refuse(entry.line, '"description" must be a sentence that says what the runbook does');
    } else if (entry.key === "match") head.match = readMatchers(source, entry);
    else if (entry.key === "inputs") head.inputs = readInputs(source, entry);
    else
      source.refuse(entry.line, `unknown key "${entry.key}"; the front matter holds name, description, match, inputs`);
  }
  const given = new Set(source.entries.map(({ key }) => key));
  for (const key of ["name", "description"]) {
    if (source.entries.length > 0 && !given.has(key)) source.refuse(1, `"${key}" is missing in the front matter`);
  }
  return head;
}

function readMatchers(source: YamlSource, entry: Entry): Matcher[] {
  if (!entry.node || !isSeq(entry.node)) {
    source.refuse(entry.line, '"match" must be a list of phrases, or of patterns written as /pattern/');
    return [];
  }
  const matchers: Matcher[] = [];
  for (const node of entry.node.items) {
    const text = isScalar(node) && typeof node.value === "string" ? node.value.trim() : "";
    const pattern = /^\/(.+)\/$/s.exec(text)?.[1];
    const fault = text === "" ? "a phrase must be text" : pattern === undefined ? null : patternFault(pattern);
    if (fault) source.refuseNode(isScalar(node) ? node : null, entry.line, fault);
    else matchers.push(pattern === undefined ? { kind: "phrase", words: text } : { kind: "pattern", pattern });
  }
  return matchers;
}

function readInputs(source: YamlSource, entry: Entry): Map<string, RunbookInput> {
  const inputs = new Map<string, RunbookInput>();
  for (const input of source.mapEntries(entry, 'a map of "name: { description, default, required }"')) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(input.key))
      source.refuse(input.line, `"${input.key}" is not a valid name: use only letters, digits and _`);
    const read: RunbookInput = { description: "", default: null, required: false };
    for (const field of source.mapEntries(input, "a map with description, default, required")) {
      const value = plainValue(field.node);
      if (field.key === "description" && typeof value === "string") read.description = value;
      else if (field.key === "required" && typeof value === "boolean") read.required = value;
      else if (field.key === "default") read.default = value;
      else
        source.refuse(
          field.line,
          `"${field.key}" is unknown or has the wrong type; an input has description, default, required`,
        );
    }
    if (read.required && read.default !== null) source.refuse(input.line, "a required input needs no default");
    inputs.set(input.key, read);
  }
  return inputs;
}

interface Section {
  title: string;
  line: number;
  block: { text: string; line: number } | null;
}

/**
 * Returns the `##` sections after the front matter; headings inside fenced blocks are text. Lines are counted from 0
 * here.
 */
function readSections(lines: string[], from: number, faults: RunbookFault[]): Section[] {
  const sections: Section[] = [];
  let fence: { mark: string; step: boolean; at: number } | null = null;
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const section = sections.at(-1);
    if (line === "</runbook>") faults.push({ line: at + 1, reason: 'a runbook must not hold the line "</runbook>"' });
    if (fence) {
      if (
        !line.startsWith(fence.mark) ||
        line
          .slice(fence.mark.length)
          .replace(/^[`~]+/, "")
          .trim() !== ""
      )
        continue;
      const block = { text: lines.slice(fence.at + 1, at).join("\n"), line: fence.at + 2 };
      if (fence.step && section) section.block = block;
      fence = null;
      continue;
    }
    const heading = /^##\s+(.*\S)\s*$/.exec(line)?.[1];
    if (heading) sections.push({ title: heading, line: at + 1, block: null });
    const opening = /^(`{3,}|~{3,})\s*(\S*)/.exec(line);
    if (!opening?.[1]) continue;
    fence = { mark: opening[1], step: opening[2] === "step", at };
    if (fence.step && !section) faults.push({ line: at + 1, reason: 'a step must be under a heading "## …"' });
    if (fence.step && section?.block)
      faults.push({ line: at + 1, reason: `“${section.title}” has a second step block; give it its own heading` });
  }
  if (fence) faults.push({ line: fence.at + 1, reason: "this fenced block is not closed" });
  return sections;
}

function checkSections(sections: Section[], steps: Step[], lastLine: number, faults: RunbookFault[]): void {
  for (const section of sections) {
    if (section.block) continue;
    const reason = `“${section.title}” has no step: put a block fenced as \`\`\`step under it (for text alone use a "###" heading)`;
    faults.push({ line: section.line, reason });
  }
  if (sections.length === 0)
    faults.push({ line: lastLine, reason: 'the runbook has no steps: each step needs a heading "## …"' });
  if (sections.length > MAX_STEPS) faults.push({ line: lastLine, reason: `a runbook has at most ${MAX_STEPS} steps` });
  const last = steps.at(-1);
  if (steps.length !== sections.length || !last) return;
  const line = sections.at(-1)?.line ?? lastLine;
  if (last.action.verb !== "end" || last.when) {
    faults.push({ line, reason: 'the last step must be an "end" without "when"' });
  } else if (last.onError === "continue") {
    faults.push({ line, reason: 'the last step has nothing to continue with: leave out "on_error: continue"' });
  }
}
