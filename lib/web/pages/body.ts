import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import zlib from "node:zlib";
import { WebError } from "./errors";

export interface Body {
  bytes: Buffer;
  /** Whether it was longer than the limit, so that only its beginning is here. */
  isCut: boolean;
}

/**
 * Reads a body and decodes it, up to `maxBytes` of decoded bytes, so that a compression bomb is never unpacked further.
 * Rejects with the error of the stream or the decoder; the source is always destroyed.
 */
export async function readBody(source: Readable, coding: string | undefined, maxBytes: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  let isCut = false;
  try {
    for await (const chunk of decode(source, coding) as AsyncIterable<Buffer>) {
      const room = maxBytes - size;
      if (chunk.length > room) {
        chunks.push(chunk.subarray(0, room));
        isCut = true;
        break;
      }
      chunks.push(chunk);
      size += chunk.length;
    }
  } finally {
    source.destroy();
  }
  return { bytes: Buffer.concat(chunks), isCut };
}

function decode(source: Readable, coding: string | undefined): Readable {
  const name = (coding ?? "").trim().toLowerCase();
  if (name === "" || name === "identity") return source;
  const decoder = decoderOf(name);
  // An error on either side ends both; the reader of the last stream gets it.
  return pipeline(source, decoder, () => {});
}

/** Returns a decoder that keeps the content of a stream that ends early, as browsers do. */
function decoderOf(name: string) {
  const flush = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
  if (name === "gzip" || name === "x-gzip") return zlib.createGunzip(flush);
  if (name === "deflate") return zlib.createInflate(flush);
  if (name === "br") return zlib.createBrotliDecompress({ finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH });
  const shown = JSON.stringify(name.slice(0, 60));
  throw new WebError(`The server compressed the page in an unknown way (${shown}); use another source.`, {
    quotesServer: true,
  });
}
