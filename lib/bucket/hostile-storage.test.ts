/** V8: a storage that attacks the installation whose backups it keeps. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openBucket } from "./bucket";
import { decryptTo, newKey } from "./encryption";

async function startHostile(answer: http.RequestListener) {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function bucketAt(origin: string) {
  const keys = { keyId: "id", secret: "secret-of-the-key", ageKey: null };
  const settings = { url: `${origin}/backups`, bucket: "backups", prefix: "", region: "us-east-1", ...keys };
  return openBucket(settings, { requestMs: 2_000, pauseMs: 1 });
}

test("V8: a redirect is not followed, so nobody else gets the signed request", async () => {
  const others: (string | undefined)[] = [];
  const other = await startHostile((request, response) => {
    others.push(request.headers.authorization);
    response.end();
  });
  const origin = await startHostile((_, response) => void response.writeHead(307, { location: other }).end());
  await expect(bucketAt(origin).list()).rejects.toThrow("answered with status 307");
  expect(others).toEqual([]);
});

test("V8: an answer without end is cut, and one that never comes is given up", async () => {
  const endless = await startHostile((_, response) => {
    response.writeHead(200, { "content-type": "application/xml" });
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(1_000_000, "x")));
      response.once("drain", more);
    };
    more();
  });
  await expect(bucketAt(endless).list()).rejects.toThrow("cannot be reached");
  const silent = await startHostile(() => {});
  await expect(bucketAt(silent).list()).rejects.toThrow("no answer in time");
});

test("V8: answers that are no XML, hold entities or lists of a hundred thousand levels give no names", async () => {
  const bodies = [
    "",
    "not xml <",
    '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><ListBucketResult>&c;</ListBucketResult>',
    `<ListBucketResult>${"<a>".repeat(100_000)}`,
    "<ListBucketResult><Contents><Key>a</Key></Contents><Contents><Key>b/c</Key></Contents><IsTruncated>true</IsTruncated></ListBucketResult>",
  ];
  const origin = await startHostile((_, response) => {
    response.writeHead(200, { "content-type": "application/xml" }).end(bodies.shift());
  });
  const bucket = bucketAt(origin);
  for (const _ of [1, 2, 3, 4]) expect(await bucket.list()).toEqual([]);
  expect((await bucket.list()).map(({ name }) => name)).toEqual(["a"]);
});

test("V8: a list that always continues ends", async () => {
  let asked = 0;
  const contents = "<Contents><Key>a</Key><Size>1</Size></Contents>".repeat(1_000);
  const origin = await startHostile((_, response) => {
    asked += 1;
    response.writeHead(200, { "content-type": "application/xml" });
    response.end(
      `<ListBucketResult>${contents}<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>`,
    );
  });
  expect(await bucketAt(origin).list()).toHaveLength(10_000);
  expect(asked).toBe(10);
  const empty = await startHostile((_, response) => {
    asked += 1;
    response.writeHead(200, { "content-type": "application/xml" });
    response.end(
      "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>",
    );
  });
  expect(await bucketAt(empty).list()).toEqual([]);
});

test("V8: what it gives in place of a backup becomes no database", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-hostile-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bytes = randomBytes(50_000);
  const origin = await startHostile((request, response) => {
    response.writeHead(200, { "content-length": bytes.length });
    response.end(request.method === "HEAD" ? undefined : bytes);
  });
  const file = join(folder, "plain.db");
  const decrypted = decryptTo(file, bucketAt(origin).download("one"), { key: await newKey(), what: "one" });
  await expect(decrypted).rejects.toThrow("one is not an encrypted backup");
  expect(existsSync(file)).toBe(false);
});
