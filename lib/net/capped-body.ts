/** Limits the answers of strangers: their decoded size, and the length of a line. */

export class AnswerTooLargeError extends Error {
  override name = "AnswerTooLargeError";
  constructor(readonly mostBytes: number) {
    super(`The answer is larger than ${Math.round(mostBytes / 1e6)} MB.`);
  }
}

export interface BodyCaps {
  /** The limit of the whole body. */
  mostBytes: number;
  /** The limit of one line; absent for a body that is not lines of text. */
  mostLineBytes?: number;
  /** Cuts the body at the limit instead of failing: for error bodies, whose beginning is enough. */
  cuts?: boolean;
  /** Called when it was cut. */
  onCut?: () => void;
}

const LINE_FEED = 10;

/**
 * Returns the answer with a body that fails with AnswerTooLargeError, or ends, at the limit. `fetch` decodes the body
 * as it is read, so a compression bomb is never unpacked further. Nothing is read before it is requested.
 */
export function capped(response: Response, caps: BodyCaps, onBytes: () => void = () => undefined): Response {
  if (!response.body) return response;
  const { status, statusText, headers } = response;
  const reader = response.body.getReader();
  let total = 0;
  let line = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        onBytes();
        const room = caps.mostBytes - total;
        total += value.length;
        line = lineAfter(line, value);
        if (total <= caps.mostBytes && line <= (caps.mostLineBytes ?? Number.POSITIVE_INFINITY))
          return controller.enqueue(value);
        // Closes the connection too, so that the rest is not awaited.
        await reader.cancel().catch(() => undefined);
        if (!caps.cuts) return controller.error(new AnswerTooLargeError(Math.min(total, caps.mostBytes)));
        caps.onCut?.();
        controller.enqueue(value.subarray(0, Math.max(0, room)));
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status, statusText, headers });
}

/** Returns the answer with the end of its body alone; with none where the body is larger than `mostBytes`. */
export function endOf(
  response: Response,
  { keptBytes, mostBytes }: { keptBytes: number; mostBytes: number },
): Response {
  if (!response.body) return response;
  const { status, statusText, headers } = response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let end = Buffer.alloc(0);
        for (let total = 0; ; ) {
          const { done, value } = await reader.read();
          if (done) break;
          total += value.length;
          end = Buffer.concat([end, value]);
          if (end.length > 2 * keptBytes) end = Buffer.from(end.subarray(-keptBytes));
          if (total <= mostBytes) continue;
          await reader.cancel().catch(() => undefined);
          return controller.close();
        }
        controller.enqueue(end.subarray(-keptBytes));
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status, statusText, headers });
}

/** Returns the bytes since the last line end. */
function lineAfter(before: number, chunk: Uint8Array): number {
  const end = chunk.lastIndexOf(LINE_FEED);
  return end === -1 ? before + chunk.length : chunk.length - end - 1;
}
