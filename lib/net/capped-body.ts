/** Answers of strangers end: at so many bytes after their content coding is undone, and at so many without a line's end. */

export class AnswerTooLargeError extends Error {
  override name = "AnswerTooLargeError";
  constructor(readonly mostBytes: number) {
    super(`The answer did not end within ${Math.round(mostBytes / 1e6)} MB.`);
  }
}

export interface BodyCaps {
  /** Of the whole body. */
  mostBytes: number;
  /** Between two ends of lines; absent: the body is no text of lines. */
  mostLineBytes?: number;
  /** What is beyond the cap is left out and the body ends, instead of failing: for error bodies, whose beginning says enough. */
  cuts?: boolean;
}

const LINE_FEED = 10;

/**
 * The same answer with a body that fails with AnswerTooLargeError, or ends, at the cap. `fetch` undoes the content coding
 * piece by piece as it is read, so a bomb is never unpacked further than that. Nothing is read before it is asked for.
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
        // The connection goes with it: what is still to come is not waited for.
        await reader.cancel().catch(() => undefined);
        if (!caps.cuts) return controller.error(new AnswerTooLargeError(Math.min(total, caps.mostBytes)));
        controller.enqueue(value.subarray(0, Math.max(0, room)));
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status, statusText, headers });
}

/** Bytes since the last end of a line. */
function lineAfter(before: number, chunk: Uint8Array): number {
  const end = chunk.lastIndexOf(LINE_FEED);
  return end === -1 ? before + chunk.length : chunk.length - end - 1;
}
