/**
 * A storage that speaks the S3 protocol on this machine, for tests: a server by others, which verifies signatures, behind
 * a proxy that plants faults.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import S3rver from "@20minutes/s3rver";
import type { BucketSettings } from "@/lib/env/backups";

/** The server knows this pair only. */
const KEY = "S3RVER";

/** Returns what happens to a request in place of an answer; undefined: it passes. */
type Fault = (request: { method: string; url: string }) => Planted | undefined;

type Planted =
  /** An answer of the storage's own. */
  | { status: number; code: string }
  /** The connection breaks after so many bytes of the request or the answer. */
  | { cutAfterBytes: number }
  /** The storage does what is asked, and its answer is lost. */
  | "unanswered"
  /** No answer ever comes. */
  | "silent";

export interface Storage {
  settings: BucketSettings;
  /** Plants faults from now on; null: none. */
  plant(fault: Fault | null): void;
  /** Method and address of each request so far. */
  requests: { method: string; url: string }[];
  /** Objects and parts of uploads that the storage keeps on its disk. */
  kept(): string[];
  close(): Promise<void>;
}

/** Starts it with one empty bucket, `backups`. */
export async function startStorage(): Promise<Storage> {
  const directory = mkdtempSync(join(tmpdir(), "banyan-storage-"));
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    directory,
    silent: true,
    vhostBuckets: false,
    configureBuckets: [{ name: "backups" }],
  });
  const { port } = await server.run();
  const requests: Storage["requests"] = [];
  let fault: Fault | null = null;
  const proxy = http.createServer((request, response) => {
    const seen = { method: request.method ?? "", url: request.url ?? "" };
    requests.push(seen);
    const planted = fault?.(seen);
    const ended = request.method === "DELETE" ? /uploadId=(\w+)/.exec(seen.url)?.[1] : undefined;
    if (planted === undefined && ended) endUpload(directory, ended, response);
    else if (planted === undefined) pass(port, request, response);
    else if (planted === "unanswered") pass(port, request, response, -1);
    else if (planted !== "silent") plant(planted, port, request, response);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    settings: {
      url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/backups`,
      bucket: "backups",
      prefix: "team/",
      region: "us-east-1",
      keyId: KEY,
      secret: KEY,
      ageKey: null,
    },
    plant(given) {
      fault = given;
    },
    requests,
    kept: () =>
      readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort(),
    async close() {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The server does not know how to end an upload in parts, the only request that it never sees. */
function endUpload(directory: string, uploadId: string, response: http.ServerResponse): void {
  const uploads = readdirSync(directory, { recursive: true }).map(String);
  const found = uploads.filter((file) => basename(file) === uploadId);
  for (const file of found) rmSync(join(directory, file), { recursive: true });
  response.writeHead(found.length > 0 ? 204 : 404).end();
}

/** The signature covers the name of the host, so that stays. */
function pass(port: number, request: http.IncomingMessage, response: http.ServerResponse, cutAfterBytes = Infinity) {
  const { method, url, headers } = request;
  const onward = http.request({ port, host: "127.0.0.1", method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    let passed = 0;
    answer.on("data", (chunk: Buffer) => {
      passed += chunk.length;
      if (passed > cutAfterBytes) response.destroy();
      else response.write(chunk);
    });
    answer.on("end", () => response.end());
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

function plant(
  planted: Exclude<Planted, string>,
  port: number,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  if ("cutAfterBytes" in planted) {
    if (request.method === "GET") {
      pass(port, request, response, planted.cutAfterBytes);
      return;
    }
    let read = 0;
    request.on("data", (chunk: Buffer) => {
      read += chunk.length;
      if (read > planted.cutAfterBytes) request.destroy();
    });
    return;
  }
  request.resume().once("end", () => {
    response.writeHead(planted.status, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><Error><Code>${planted.code}</Code><Message>Planted</Message></Error>`);
  });
}
