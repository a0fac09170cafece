/** Reads a call of a model: the tool that its name means, and its arguments, as far as they have one reading. */
import type { ToolCallRequest, ToolSpec } from "@/core/log/model";
import { beyondBounds } from "@/lib/net/bounded-json";
import type { Offer } from "../schemas/offer";
import { AS_TEXT } from "../wire/ollama";
import { isJson, jsonOf, listOf, wordOf } from "../wire/reader";
import { fitted, unwrapped } from "./fit";
import { readArguments } from "./json-text";
import { offeredName } from "./tool-name";

type ReadCall = Omit<ToolCallRequest, "id">;

export interface CallReading {
  /** The tools as they were offered. */
  offered: readonly { name: string; inputSchema: unknown }[];
  /** The tools under their own names. */
  own: readonly ToolSpec[];
  callOf: Offer["callOf"];
}

/** Returns the calls that a call is: one, or those that a model put into one of a tool which it invented. */
export function readCalls(name: string, text: string, reading: CallReading): ReadCall[] {
  const input = parsedInput(text);
  const inner = isParallel(name, reading) ? parallelIn(input.input) : [];
  if (inner.length === 0) return [readCall(name, input, reading)];
  return inner.map((call) => readCall(call.name, { input: call.input }, reading));
}

function readCall(name: string, given: Omit<ReadCall, "name">, { offered, own, callOf }: CallReading): ReadCall {
  const names = offered.map((tool) => tool.name);
  const found = offeredName(name, names);
  if (given.malformed) return { ...given, ...callOf({ name: found, input: given.input }), input: given.input };
  const schema = jsonOf(offered.find((tool) => tool.name === found)?.inputSchema);
  const call = callOf({ name: found, input: unwrapped(given.input, schema) });
  const spec = own.find((tool) => tool.name === call.name);
  return { ...call, input: spec ? fitted(call.input, jsonOf(spec.inputSchema)) : call.input };
}

/** A tool of OpenAI's own training, which calls several others. */
function isParallel(name: string, { offered }: CallReading): boolean {
  return /^(?:multi_tool_use[._])?parallel$/.test(name) && !offered.some((tool) => tool.name === name);
}

function parallelIn(input: unknown): { name: string; input: unknown }[] {
  const uses = listOf(jsonOf(input).tool_uses);
  const calls = uses.flatMap((use) => {
    const name = wordOf(jsonOf(use).recipient_name);
    const { parameters = {} } = jsonOf(use);
    return name !== undefined && isJson(parameters) ? [{ name, input: parameters }] : [];
  });
  return calls.length === uses.length ? calls : [];
}

const SHOWN_START_CHARS = 2_000;

function parsedInput(given: string): Omit<ReadCall, "name"> {
  const json = given.startsWith(`{${JSON.stringify(AS_TEXT)}:`) ? String(jsonOf(JSON.parse(given))[AS_TEXT]) : given;
  // Some models call a tool without parameters by sending no arguments at all.
  if (json.trim() === "") return { input: {} };
  // Arguments beyond every tool's limits are not parsed; only their start is kept, to show what they were.
  const excess = beyondBounds(json);
  if (excess !== null) {
    const input = `${json.slice(0, SHOWN_START_CHARS)}… [the rest is left out: ${excess}]`;
    return { input, malformed: true, fault: `they are larger than any call needs: ${excess}` };
  }
  const read = readArguments(json);
  return "fault" in read ? { input: json, malformed: true, fault: read.fault } : { input: read.value };
}
