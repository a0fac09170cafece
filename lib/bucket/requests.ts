/** Signed requests to a bucket, and their answers. */
import { AwsV4Signer } from "aws4fetch";
import { XMLParser } from "fast-xml-parser";
import type { BucketSettings } from "@/lib/env/backups";
import { capped } from "@/lib/net/capped-body";
import { noAnswer, refused } from "./faults";

interface BucketRequest {
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** The whole name of an object; empty for the bucket itself. */
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
}

export interface BucketAnswer {
  headers: Headers;
  bytes: Uint8Array;
}

/** More than any answer in XML, and than a part of a download. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;

/** The digest of the body is signed, so the storage refuses a part that arrives changed. Computed outside of this thread. */
async function digestOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", body)).toString("hex");
}

/** The types of the platform ask which memory is below the bytes; it is this process's own. */
function bytesOf(body: Uint8Array | string = ""): Uint8Array<ArrayBuffer> {
  return typeof body === "string" ? Buffer.from(body) : (body as Uint8Array<ArrayBuffer>);
}

/** Sends a request once. Rejects with a BucketError for every answer but success. */
export async function send(
  { url, bucket, region, keyId, secret }: BucketSettings,
  { method, key = "", query = {}, headers = {}, body }: BucketRequest,
  { atMs, timeoutMs }: { atMs: number; timeoutMs: number },
): Promise<BucketAnswer> {
  const address = new URL(key === "" ? url : `${url}/${key.split("/").map(encodeURIComponent).join("/")}`);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const sent = bytesOf(body);
  const signer = new AwsV4Signer({
    method,
    url: address.href,
    headers: { ...headers, "x-amz-content-sha256": await digestOf(sent) },
    accessKeyId: keyId,
    secretAccessKey: secret,
    service: "s3",
    region,
    datetime: new Date(atMs).toISOString().replaceAll(/[:-]|\.\d{3}/g, ""),
  });
  const signed = await signer.sign();
  const place = { host: address.host, bucket };
  const answer = await fetchBytes(signed.url, {
    method,
    headers: signed.headers,
    // A redirect could lead the signed request to another host.
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
    ...(body !== undefined && { body: sent }),
  }).catch((error: unknown) => {
    throw noAnswer(error, place);
  });
  if (answer.status < 200 || answer.status > 299)
    throw refused({ status: answer.status, code: codeIn(answer.bytes) }, place);
  // Storages answer some requests before they are done, and may write an error into the answer.
  const code = answer.isXml ? codeIn(answer.bytes) : null;
  if (code !== null) throw refused({ status: answer.status, code }, place);
  return answer;
}

async function fetchBytes(url: URL, init: RequestInit) {
  const response = capped(await fetch(url, init), { mostBytes: MOST_ANSWER_BYTES });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isXml = (response.headers.get("content-type") ?? "").includes("xml");
  return { status: response.status, headers: response.headers, bytes, isXml };
}

const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => name === "Contents",
});

/** Returns the elements of an answer in XML; nothing when it is none. */
export function xmlOf(bytes: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = parser.parse(Buffer.from(bytes));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Returns an element inside of another one; undefined when there is none. */
export function within(element: unknown, name: string): unknown {
  return typeof element === "object" && element !== null ? Reflect.get(element, name) : undefined;
}

function codeIn(bytes: Uint8Array): string | null {
  const code = bytes.length === 0 ? undefined : within(xmlOf(bytes).Error, "Code");
  return typeof code === "string" ? code : null;
}
