import { expect, onTestFinished, test } from "vitest";
import { type Doors, startDoors } from "@/server/testing/doors";
import { type ProxyFaults, startReverseProxy } from "@/server/testing/reverse-proxy";
import { wayIn } from "./address";

/** Returns what doctor says of a server behind a proxy with these faults. */
async function said(doors: Doors, token: string, faults: ProxyFaults, target = doors.server.url) {
  const proxy = await startReverseProxy(target, faults);
  onTestFinished(() => proxy.close());
  const { mark, text, remedy } = await wayIn(proxy.url, doors.server.url, token);
  return [mark, `${text} ${remedy}`.replaceAll(proxy.url, "URL").replaceAll(doors.server.url, "OWN").trim()];
}

test("doctor goes through the proxy of BANYAN_URL, and names what it does not pass on", async () => {
  const doors = await startDoors({ work: false }, () => ({ publicUrl: "http://127.0.0.1:1" }));
  const { authorization } = await doors.token("viewer");
  const token = authorization.replace("Bearer ", "");
  expect(await said(doors, token, { websockets: "passed" })).toEqual([
    "ok",
    "URL leads here, and passes on WebSockets.",
  ]);
  expect(await said(doors, token, { websockets: "dropped" })).toEqual([
    "warn",
    expect.stringMatching(/^The proxy at BANYAN_URL URL does not pass on WebSockets\. Let it pass on Upgrade/),
  ]);
  const host = { websockets: "passed" as const, change: (headers: object) => ({ ...headers, host: "127.0.0.1:3000" }) };
  const [mark, text] = await said(doors, token, host);
  expect([mark, text]).toEqual([
    "warn",
    expect.stringContaining("arrived with the header Host: 127.0.0.1:3000. Let the proxy"),
  ]);
  expect(await said(doors, token, { blocks: "/" })).toEqual([
    "warn",
    "BANYAN_URL URL does not lead to Banyan: status 403. Let the proxy there pass every path on to OWN (docs/deploy.md).",
  ]);
});
