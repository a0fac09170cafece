/**
 * Sends one request to the service under test. Redirects are not followed, so nothing outside of its address is reached.
 * Whatever the service does, this ends: with an answer, or with what was wrong.
 */
import http from "node:http";
import https from "node:https";
import type { GivenAnswer, SentRequest } from "@/core/contract/exchange";

export type SendProblem = "connection-failed" | "answer-too-slow" | "answer-too-large" | "answer-malformed";

export interface SendLimits {
  milliseconds: number;
  bytes: number;
  signal: AbortSignal;
}

export type Sent = { answer: GivenAnswer } | { problem: SendProblem };

export function send({ method, url, headers, body }: SentRequest, limits: SendLimits): Promise<Sent> {
  const start = url.startsWith("https:") ? https.request : http.request;
  return new Promise((resolve) => {
    // A connection of its own: one that a service has just closed would look like a failure.
    const request = start(url, {
      method,
      agent: false,
      headers: {
        ...headers,
        "accept-encoding": "identity",
        connection: "close",
        ...(body !== null && { "content-length": String(Buffer.byteLength(body)) }),
      },
    });
    const end = (sent: Sent) => {
      clearTimeout(timer);
      limits.signal.removeEventListener("abort", late);
      resolve(sent);
      request.destroy();
    };
    const late = () => end({ problem: "answer-too-slow" });
    const timer = setTimeout(late, limits.milliseconds);
    limits.signal.addEventListener("abort", late);
    let received: http.IncomingMessage | null = null;
    request.on("error", (error: NodeJS.ErrnoException) => {
      // The answer was whole, and something came after it.
      if (received?.complete) end({ answer: answerOf(received, []) });
      // An error of the parser says that the answer is no HTTP, or that its headers are too long.
      else end({ problem: error.code?.startsWith("HPE_") ? "answer-malformed" : "connection-failed" });
    });
    request.on("response", (response) => {
      received = response;
      readAnswer(response, limits.bytes, end);
    });
    request.end(body ?? undefined);
  });
}

function readAnswer(response: http.IncomingMessage, mostBytes: number, end: (sent: Sent) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > mostBytes) end({ problem: "answer-too-large" });
  });
  // The connection ended before all of the body had come.
  response.on("error", () => end({ problem: "answer-malformed" }));
  response.on("end", () => end({ answer: answerOf(response, chunks) }));
}

function answerOf(response: http.IncomingMessage, chunks: readonly Buffer[]): GivenAnswer {
  const headers = Object.entries(response.headers).map(([name, value]): [string, string] => {
    return [name, Array.isArray(value) ? value.join(", ") : (value ?? "")];
  });
  const body = Buffer.concat(chunks);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: body.toString("utf8"),
    bytes: body.length,
  };
}
