/**
 * Reads the binary event stream of Amazon Bedrock and leaves out the events that its package does not know. Frames are
 * passed on as they are: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { watchedFetch } from "./activity";
import { AnswerFault, isJson, type Json, jsonOf, shown } from "./reader";

export const framedFetch: typeof fetch = async (input, init) => {
  const response = await watchedFetch(input, init);
  if (!response.ok || !response.body) return response;
  const { status, headers } = response;
  return new Response(response.body.pipeThrough(knownFrames()), { status, headers });
};

/** The shortest frame: lengths, their checksum, and the checksum of all. */
const LEAST_BYTES = 16;
/** Far more than an event has; a longer frame is no frame. */
const MOST_BYTES = 16_000_000;

function knownFrames(): TransformStream<Uint8Array, Uint8Array> {
  let rest = Buffer.alloc(0);
  return new TransformStream({
    transform(chunk, controller) {
      rest = Buffer.concat([rest, chunk]);
      try {
        while (rest.length >= 4) {
          const length = rest.readUInt32BE(0);
          if (length < LEAST_BYTES || length > MOST_BYTES)
            throw new AnswerFault(`it sent ${shown(rest.subarray(0, 400).toString("utf8"))} instead of events`);
          if (rest.length < length) return;
          const frame = rest.subarray(0, length);
          rest = rest.subarray(length);
          if (isKnown(frame)) controller.enqueue(Uint8Array.from(frame));
        }
      } catch (error) {
        controller.error(error);
      }
    },
    flush(controller) {
      // The package says that the last frame was cut.
      if (rest.length > 0) controller.enqueue(Uint8Array.from(rest));
    },
  });
}

function isKnown(frame: Buffer): boolean {
  const headersLength = frame.readUInt32BE(4);
  const kind = eventType(frame.subarray(12, 12 + headersLength));
  if (kind !== "contentBlockDelta") return true;
  const payload = parsed(frame.subarray(12 + headersLength, frame.length - 4).toString("utf8"));
  // What is damaged is the package's to report.
  return payload === null || isKnownDelta(jsonOf(payload.delta));
}

const TEXT_HEADER = 7;

/** Returns the value of the header `:event-type`; null without one. Only headers of texts are read. */
function eventType(headers: Buffer): string | null {
  for (let at = 0; at < headers.length; ) {
    const nameLength = headers.readUInt8(at);
    const name = headers.toString("utf8", at + 1, at + 1 + nameLength);
    at += 1 + nameLength;
    if (headers.readUInt8(at) !== TEXT_HEADER) return null;
    const length = headers.readUInt16BE(at + 1);
    const value = headers.toString("utf8", at + 3, at + 3 + length);
    if (name === ":event-type") return value;
    at += 3 + length;
  }
  return null;
}

function isKnownDelta({ text, toolUse, reasoningContent }: Json): boolean {
  const reasoning = jsonOf(reasoningContent);
  const known = [
    text,
    jsonOf(toolUse).input,
    ...["text", "signature", "data", "redactedContent"].map((key) => reasoning[key]),
  ];
  return known.some((value) => typeof value === "string");
}

function parsed(text: string): Json | null {
  try {
    const value = JSON.parse(text) as unknown;
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}
