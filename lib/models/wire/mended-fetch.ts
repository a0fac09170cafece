/**
 * A `fetch` for the provider packages that reads each answer before they do. The packages refuse a whole answer for one
 * event that they do not know; here what is unknown is left out, and what was sent in another form gets the usual one.
 */
import { watchedFetch, watchOf } from "./activity";
import {
  AnswerFault,
  type Asked,
  CutAnswer,
  isJson,
  type Json,
  jsonOf,
  listOf,
  type StartReader,
  shown,
  ToldFault,
  type WireReader,
  wordOf,
} from "./reader";
import { createEventSplitter, type ServerEvent } from "./server-events";

/** `events`: server-sent events. `lines`: one JSON object a line. */
type Form = "events" | "lines";

export function mendedFetch(
  start: StartReader,
  form: Form = "events",
  send: typeof fetch = watchedFetch,
): typeof fetch {
  return async (input, init) => {
    const response = await send(input, init);
    if (!response.ok || !response.body) return response;
    const reader = start(watchOf(init?.signal), askedIn(init?.body));
    const { status, headers } = response;
    return new Response(response.body.pipeThrough(reading(reader, form)), { status, headers });
  };
}

function askedIn(body: unknown): Asked {
  let names: Set<string> | undefined;
  return {
    names() {
      names ??= new Set(typeof body === "string" ? namesIn(JSON.parse(body)) : []);
      return names;
    },
  };
}

function namesIn(body: unknown): string[] {
  return listOf(jsonOf(body).tools).flatMap(
    (tool) => wordOf(jsonOf(jsonOf(tool).function).name) ?? wordOf(jsonOf(tool).name) ?? [],
  );
}

interface Answer {
  reader: WireReader;
  form: Form;
  /** What the answer turned out to be; null: nothing came yet. */
  is: "events" | "lines" | "one" | null;
  splitter: ReturnType<typeof createEventSplitter>;
  text: string;
  events: number;
  isDone: boolean;
}

function reading(reader: WireReader, form: Form): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const answer: Answer = {
    reader,
    form,
    is: null,
    splitter: createEventSplitter(),
    text: "",
    events: 0,
    isDone: false,
  };
  const passOn = (controller: TransformStreamDefaultController<Uint8Array>, make: () => Json[]) => {
    try {
      for (const event of make()) {
        const json = JSON.stringify(event);
        controller.enqueue(encoder.encode(form === "lines" ? `${json}\n` : `data: ${json}\n\n`));
      }
    } catch (error) {
      controller.error(error instanceof ToldFault ? error.told : error);
    }
  };
  return new TransformStream({
    transform: (chunk, controller) => passOn(controller, () => read(answer, decoder.decode(chunk, { stream: true }))),
    flush: (controller) => passOn(controller, () => [...read(answer, decoder.decode()), ...end(answer)]),
  });
}

function read(answer: Answer, text: string): Json[] {
  const whole = answer.is === null ? (answer.text + text).trimStart() : text;
  if (answer.is === null) {
    answer.text = "";
    if (whole === "") return [];
    answer.is = formOf(whole, answer.form);
  }
  if (answer.is === "events") return answer.splitter.push(whole).flatMap((event) => eventsOf(answer, event));
  answer.text += whole;
  return answer.is === "lines" ? linesOf(answer) : [];
}

function formOf(start: string, form: Form): Exclude<Answer["is"], null> {
  if (start.startsWith("<")) throw new AnswerFault(`it sent a web page: ${shown(start)}`);
  if (!/^[{[]/.test(start)) return "events";
  return form === "lines" ? "lines" : "one";
}

function eventsOf(answer: Answer, { data, name }: ServerEvent): Json[] {
  answer.events += 1;
  const text = data
    .join("\n")
    .replace(/^(?:data:\s*)+/, "")
    .trim();
  if (text === "[DONE]") {
    answer.isDone = true;
    return [];
  }
  const value = parsed(text);
  if (value !== undefined) return objectsIn(value).flatMap((event) => answer.reader.read(named(event, name)));
  const lines = data.map(parsed);
  if (lines.length > 1 && lines.every((line) => line !== undefined))
    return lines.flatMap(objectsIn).flatMap((event) => answer.reader.read(named(event, name)));
  if (name === "error") return answer.reader.read({ type: "error", error: { type: "error", message: text } });
  // Words between the events, such as signs of life, say nothing; a damaged event may be a piece of a call.
  if (!/^[{[]/.test(text)) return [];
  throw new AnswerFault(`its event ${answer.events} is not valid JSON: ${shown(text)}`);
}

function named(event: Json, name: string): Json {
  return name === "" || event.type !== undefined ? event : { ...event, type: name };
}

function linesOf(answer: Answer): Json[] {
  const lines = answer.text.split("\n");
  answer.text = lines.pop() ?? "";
  // An object on several lines, or no JSON at all: the rest says which.
  const odd = lines.findIndex((line) => line.trim() !== "" && parsed(line) === undefined);
  if (odd !== -1) {
    answer.is = "one";
    answer.text = [...lines.splice(odd), answer.text].join("\n");
  }
  return lines.flatMap((line) => objectsIn(parsed(line))).flatMap((event) => answer.reader.read(event));
}

function end(answer: Answer): Json[] {
  if (answer.is === "one") return endOfOne(answer);
  const last =
    answer.is === "lines" ? objectsIn(parsed(answer.text.trim())).flatMap((event) => answer.reader.read(event)) : [];
  const rest = answer.splitter.rest().flatMap((event) => (isCut(event) ? [] : eventsOf(answer, event)));
  const ending = answer.reader.end(answer.isDone);
  if (ending === null) throw new CutAnswer();
  return [...last, ...rest, ...ending];
}

/** An event within which the stream ends. */
function isCut({ data }: ServerEvent): boolean {
  const text = data.join("\n").trim();
  return text !== "[DONE]" && parsed(text) === undefined;
}

/** Reads an answer that is one piece of JSON, or a list, or lines of it. */
function endOfOne({ text, reader }: Answer): Json[] {
  const value = parsed(text);
  const lines = value === undefined ? text.trim().split("\n").map(parsed) : [];
  if (value === undefined && (lines.length < 2 || lines.includes(undefined)))
    throw new AnswerFault(`it sent text that is not valid JSON: ${shown(text)}`);
  const events = value === undefined ? lines.flatMap(objectsIn) : objectsIn(value);
  const [only] = events;
  const all = events.length === 1 && only ? reader.whole(only) : readAll(reader, events);
  if (all === null) throw new CutAnswer();
  return all;
}

function readAll(reader: WireReader, events: readonly Json[]): Json[] | null {
  const read = events.flatMap((event) => reader.read(event));
  const ending = reader.end(true);
  return ending && [...read, ...ending];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function objectsIn(value: unknown): Json[] {
  return listOf(value).filter(isJson);
}
