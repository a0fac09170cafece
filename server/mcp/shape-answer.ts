/**
 * The form of an answer. The SDK always streams, so that its comments keep slow calls alive. An answer that is ready
 * soon becomes one JSON document instead, whose status can still say 403, and which programs without streams can read.
 */

interface AnswerForm {
  takesStreams: boolean;
  /** How long to wait for the answer before the stream begins. */
  patienceMs: number;
  /** `code`: that of the error that the answer is, if it is one. */
  statusOf(status: number, code?: number): number;
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;
type Chunk = Awaited<ReturnType<Reader["read"]>>;

const FRAME_END = "\n\n";

export async function shapeAnswer(given: Response, form: AnswerForm): Promise<Response> {
  const isStream = given.headers.get("content-type")?.startsWith("text/event-stream");
  if (!isStream || !given.body) return withStatus(given, given.body, form);
  const reader = given.body.getReader();
  const begun: Uint8Array[] = [];
  const next = reader.read();
  if (form.takesStreams && !(await isSettledWithin(next, form.patienceMs))) return streamed(given, begun, reader, next);
  return documentOf(given, { begun, reader, next }, form);
}

/** Reads until the answer arrives. News that come before it turn the answer into a stream, or are dropped. */
async function documentOf(
  given: Response,
  { begun, reader, next }: { begun: Uint8Array[]; reader: Reader; next: Promise<Chunk> },
  form: AnswerForm,
): Promise<Response> {
  const decoder = new TextDecoder();
  let text = "";
  for (let chunk = await next; !chunk.done; chunk = await reader.read()) {
    begun.push(chunk.value);
    text += decoder.decode(chunk.value, { stream: true });
    for (let end = text.indexOf(FRAME_END); end >= 0; end = text.indexOf(FRAME_END)) {
      const data = dataOf(text.slice(0, end));
      text = text.slice(end + FRAME_END.length);
      if (data !== null && isAnswer(data)) return asDocument(given, data, form);
      if (form.takesStreams) return streamed(given, begun, reader, reader.read());
    }
  }
  return withStatus(given, null, form);
}

/** Returns the JSON of a frame; null for a comment. */
function dataOf(frame: string): string | null {
  const lines = frame.split("\n").filter((line) => line.startsWith("data:"));
  return lines.length === 0 ? null : lines.map((line) => line.slice("data:".length).trimStart()).join("\n");
}

function isAnswer(data: string): boolean {
  const message = JSON.parse(data) as object;
  return "result" in message || "error" in message;
}

function asDocument(given: Response, data: string, form: AnswerForm): Response {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  const { error } = JSON.parse(data) as { error?: { code: number } };
  return new Response(data, { status: form.statusOf(given.status, error?.code), headers });
}

/** Continues a stream whose first chunks were read here. */
function streamed(given: Response, begun: Uint8Array[], reader: Reader, next: Promise<Chunk>): Response {
  let following: Promise<Chunk> | null = next;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of begun) controller.enqueue(chunk);
    },
    async pull(controller) {
      const { done, value } = await (following ?? reader.read());
      following = null;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, { status: given.status, headers: given.headers });
}

function withStatus(given: Response, body: BodyInit | null, form: AnswerForm): Response {
  const headers = new Headers(given.headers);
  headers.set("cache-control", "no-store");
  return new Response(body, { status: form.statusOf(given.status), headers });
}

async function isSettledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  const isSettled = await Promise.race([settled, late]);
  clearTimeout(timer);
  return isSettled;
}
