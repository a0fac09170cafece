/** Converts entries between their stored form and the fields of pages and programs, with one sentence per error. */
import type { z } from "zod";
import { aboutField, type ImportedEntry, UserError, wrongField } from "@/agents/application";
import type { AgentBody, DocumentBody, RunbookBody } from "@/core/rules/configuration";
import type { AgentFields, EntryFields, EntryKind, FieldsOf } from "@/core/shapes/configuration";
import { parseRunbook } from "@/lib/models/runbook/parse";
import { agentFrontMatter, answerIn, documentFrontMatter, grantIn, runbookFrontMatter } from "@/seeds/shapes";

/** Longer texts would leave a model no room to work. */
const MOST_CHARACTERS = 100_000;

export function fieldsOf<Kind extends EntryKind>(kind: Kind, body: unknown): FieldsOf[Kind];
export function fieldsOf(kind: EntryKind, body: unknown): EntryFields {
  if (kind === "agent") return agentFields(body as AgentBody);
  if (kind === "document") {
    const { name, description, body: text } = body as DocumentBody;
    return { name, description, body: text };
  }
  const { name, description, text } = body as RunbookBody;
  return { name, description, text };
}

function agentFields({
  webSearch,
  confined,
  limits,
  rights,
  grant,
  effort,
  a2aAnswer,
  ...body
}: AgentBody): AgentFields {
  const { name, description, instruction, model, tools, documents, finishing } = body;
  return {
    name,
    description,
    instruction,
    model,
    tools,
    documents,
    finishing,
    web_search: webSearch,
    confined: confined === true,
    rights: rights ?? null,
    effort: effort ?? null,
    a2a_answer: a2aAnswer ?? "task",
    grant: {
      tokens: grant?.tokens ?? null,
      cost_usd: grant?.costUsd ?? null,
      tasks: grant?.tasks ?? null,
      depth: grant?.depth ?? null,
      seconds: grant?.seconds ?? null,
    },
    limits: {
      timeout_seconds: limits.timeoutSeconds ?? null,
      max_turns: limits.maxTurns ?? null,
      output_tokens: limits.outputTokens ?? null,
      ask_timeout_seconds: limits.askTimeoutSeconds ?? null,
      ask_default: limits.askDefault ?? null,
    },
  };
}

/** Returns the entry. Throws UserError with one sentence about the first error. */
export function entryOf(kind: EntryKind, fields: unknown): ImportedEntry {
  if (typeof fields !== "object" || fields === null) throw new UserError("invalid", `The ${kind} has no fields.`);
  if (kind === "agent") return { kind, body: agentBody(fields) };
  if (kind === "document") return { kind, body: documentBody(fields) };
  return { kind, body: runbookBody(fields) };
}

function agentBody(fields: object): AgentBody {
  const { instruction, ...rest } = fields as Record<string, unknown>;
  const [limits, amounts] = [withoutNulls(rest.limits), withoutNulls(rest.grant)];
  const plain = {
    ...rest,
    limits,
    grant: amounts,
    ...(rest.rights === null && { rights: undefined }),
    ...(rest.effort === null && { effort: undefined }),
  };
  const { web_search, confined, rights, limits: given, grant, ...data } = validate(agentFrontMatter, plain, "agent");
  return {
    name: data.name,
    description: data.description,
    instruction: textOf("instruction", instruction, "instruction", MOST_CHARACTERS),
    tools: data.tools,
    documents: data.documents,
    model: data.model,
    webSearch: web_search,
    ...(confined && { confined: true as const }),
    ...(rights && { rights }),
    finishing: data.finishing,
    ...(data.effort && { effort: data.effort }),
    ...answerIn(data.a2a_answer),
    ...grantIn(grant),
    limits: {
      timeoutSeconds: given.timeout_seconds,
      maxTurns: given.max_turns,
      outputTokens: given.output_tokens,
      askTimeoutSeconds: given.ask_timeout_seconds,
      askDefault: given.ask_default,
    },
  };
}

function documentBody(fields: object): DocumentBody {
  const { body, ...rest } = fields as Record<string, unknown>;
  const { name, description } = validate(documentFrontMatter, rest, "document");
  return { name, description, body: textOf("body", body, "text", MOST_CHARACTERS) };
}

/** Returns the runbook. Its text holds name and description; a separate name must match. */
function runbookBody(fields: object): RunbookBody {
  const { name, text } = fields as Record<string, unknown>;
  const written = textOf("text", text, "text", 256_000, "as it is");
  const { runbook, errors } = parseRunbook(written);
  if (errors) {
    const [first] = errors;
    const line = first?.line ?? 1;
    throw new UserError("invalid", `Line ${line} of the runbook is wrong: ${first?.reason ?? "unreadable"}.`, {
      code: "wrong_line",
      line,
    });
  }
  validate(runbookFrontMatter, { name: runbook.name, description: runbook.description }, "runbook");
  if (typeof name === "string" && name !== "" && name !== runbook.name)
    throw new UserError(
      "invalid",
      `The text names the runbook ${runbook.name}, not ${name}: change \`name\` in its front matter.`,
    );
  return { name: runbook.name, description: runbook.description, text: written };
}

function textOf(field: string, value: unknown, what: string, most: number, kept?: "as it is"): string {
  if (typeof value !== "string" || value.trim() === "") throw wrongField(field, `The ${what} is empty.`);
  if (value.length > most)
    throw aboutField(
      field,
      new UserError("too_large", `The ${what} has ${value.length} characters, and ${most} is the limit.`),
    );
  return kept ? value.replaceAll("\r\n", "\n") : value.replaceAll("\r\n", "\n").trim();
}

function withoutNulls(fields: unknown): unknown {
  if (typeof fields !== "object" || fields === null) return fields ?? undefined;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function validate<Schema extends z.ZodType>(schema: Schema, data: object, kind: EntryKind): z.output<Schema> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const { issues } = result.error;
  const ofFields = issues.filter(({ path }) => path.length > 0);
  throw new UserError(
    "invalid",
    sentenceOf(issues[0], data, kind),
    undefined,
    ofFields.map((issue) => ({ path: issue.path.map(String), message: sentenceOf(issue, data, kind) })),
  );
}

function sentenceOf(issue: z.core.$ZodIssue | undefined, data: unknown, kind: EntryKind): string {
  if (!issue) return `The ${kind} cannot be read.`;
  if (issue.code === "unrecognized_keys")
    return `There is no field "${issue.keys[0]}" in ${kind === "agent" ? "an" : "a"} ${kind}.`;
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], data);
  const what = issue.path.map((key) => String(key).replaceAll("_", " ")).join(", ");
  if (value === undefined) return `The ${what} of the ${kind} is missing.`;
  const shown = typeof value === "string" && value.length <= 60 ? ` “${value}”` : "";
  return `The ${what}${shown} of the ${kind} is wrong: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}.`;
}
