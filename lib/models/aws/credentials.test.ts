import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { createAwsCredentials } from "./credentials";
import { parseSections, regionOfProfile } from "./profile";
import { namesCredentials } from "./settings";

const KEYS = { AccessKeyId: "ASIAGIVEN", SecretAccessKey: "given", Expiration: "2026-11-21T13:00:00Z" };
const GIVEN = {
  accessKeyId: "ASIAGIVEN",
  secretAccessKey: "given",
  sessionToken: "session",
  expiresAtMs: Date.parse(KEYS.Expiration),
};
const NOW = Date.parse("2026-11-21T12:00:00Z");

/** A home folder with these files below it. */
function home(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-aws-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  vi.stubEnv("HOME", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return folder;
}

interface Asked {
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

async function service(answer: (asked: Asked, response: ServerResponse) => unknown) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const received = { url: `${request.method} ${request.url}`, headers: request.headers, body };
    asked.push(received);
    const json = answer(received, response);
    if (!response.writableEnded) response.end(typeof json === "string" ? json : JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { asked, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Without the metadata of a machine, unless a test names its address. */
function finder(settings: Record<string, string>, more: { addresses?: object; now?: () => number } = {}) {
  const off = more.addresses && "metadata" in more.addresses ? {} : { AWS_EC2_METADATA_DISABLED: "true" };
  const sources = { settings: { ...off, ...settings }, region: "eu-west-1", now: () => NOW, ...more };
  return createAwsCredentials(sources).find;
}

test("sections are read with their comments, and nested settings are left out", () => {
  const text =
    "# mine\n[default]\nregion = eu-west-1 ; where\n\n[profile  dev]\r\naws_access_key_id=A=B\ns3 =\n  region = x\n[ sso-session corp ]\nSSO_Region = us-east-2\n";
  expect(Object.fromEntries(parseSections(text))).toEqual({
    default: { region: "eu-west-1" },
    "profile dev": { aws_access_key_id: "A=B", s3: "" },
    "sso-session corp": { sso_region: "us-east-2" },
  });
});

test("keys come from the environment, else from the profile that it names, else from the default profile", async () => {
  const credentials =
    "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = d\n[dev]\naws_access_key_id = AKIADEV\naws_secret_access_key = v\naws_session_token = t\n";
  home({ ".aws/credentials": credentials, ".aws/config": "[profile dev]\nregion = eu-north-1\n" });
  const env = { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "e" };
  expect(await finder({ ...env, AWS_PROFILE: "dev" })()).toMatchObject({ accessKeyId: "AKIAENV" });
  expect(await finder({ AWS_PROFILE: "dev" })()).toEqual({
    accessKeyId: "AKIADEV",
    secretAccessKey: "v",
    sessionToken: "t",
    expiresAtMs: null,
    isOfFile: true,
  });
  expect(await finder({})()).toMatchObject({ accessKeyId: "AKIADEFAULT" });
  expect(regionOfProfile({ AWS_PROFILE: "dev" })).toBe("eu-north-1");
  const set = { AWS_PROFILE: "dev", AWS_DEFAULT_REGION: "eu-west-1" };
  expect([{}, set, { AWS_PROFILE: "none" }].map(regionOfProfile)).toEqual([null, null, null]);
  await expect(finder({ AWS_PROFILE: "none" })()).rejects.toThrow("There is no AWS profile none: correct AWS_PROFILE");
});

test("a profile takes a role with the keys of another profile, signed", async () => {
  const { asked, address } = await service(() => ({
    AssumeRoleResponse: {
      AssumeRoleResult: { Credentials: { ...KEYS, SessionToken: "session", Expiration: NOW / 1_000 + 3_600 } },
    },
  }));
  home({
    ".aws/config":
      "[profile work]\nrole_arn = arn:aws:iam::1:role/agents\nsource_profile = base\nexternal_id = x1\n[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = b\n[profile code]\nrole_arn = arn:aws:iam::1:role/agents\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/ann\n",
  });
  const find = finder({ AWS_PROFILE: "work" }, { addresses: { sts: address } });
  expect(await find()).toEqual(GIVEN);
  expect(asked[0]?.headers.authorization).toMatch(/Credential=AKIABASE\/\d{8}\/eu-west-1\/sts\/aws4_request/);
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toMatchObject({
    Action: "AssumeRole",
    RoleArn: "arn:aws:iam::1:role/agents",
    ExternalId: "x1",
  });
  await expect(finder({ AWS_PROFILE: "code" })()).rejects.toThrow("asks for a code of a device");
});

test("a profile with a sign-in uses its token, and says when a person has to sign in again", async () => {
  const { asked, address } = await service(() => ({
    roleCredentials: {
      accessKeyId: "ASIAGIVEN",
      secretAccessKey: "given",
      sessionToken: "session",
      expiration: GIVEN.expiresAtMs,
    },
  }));
  const config =
    "[profile corp]\nsso_session = corp\nsso_account_id = 111\nsso_role_name = Agents\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
  // The name of the file is the hash of the session's name.
  const token = (expiresAt: string) => JSON.stringify({ accessToken: "sso-token", expiresAt });
  const named = `.aws/sso/cache/${createHash("sha1").update("corp").digest("hex")}.json`;
  home({ ".aws/config": config, [named]: token("2026-11-21T20:00:00Z") });
  expect(await finder({ AWS_PROFILE: "corp" }, { addresses: { sso: address } })()).toEqual(GIVEN);
  expect(asked[0]).toMatchObject({
    url: "GET /federation/credentials?role_name=Agents&account_id=111",
    headers: { "x-amz-sso_bearer_token": "sso-token" },
  });
  home({ ".aws/config": config, [named]: token("2026-11-21T11:00:00Z") });
  await expect(finder({ AWS_PROFILE: "corp" })()).rejects.toThrow("has expired: run `aws sso login --profile corp`");
  home({ ".aws/config": config });
  await expect(finder({ AWS_PROFILE: "corp" })()).rejects.toThrow("Nobody has signed in for the AWS profile corp");
});

test("a token file, a program, a container and a machine give credentials", async () => {
  const pod = await service(() => ({
    AssumeRoleWithWebIdentityResponse: {
      AssumeRoleWithWebIdentityResult: { Credentials: { ...KEYS, SessionToken: "session" } },
    },
  }));
  const folder = home({
    token: "jwt\n",
    ".aws/config": `[profile tool]\ncredential_process = echo '${JSON.stringify({ ...KEYS, SessionToken: "session", Version: 1 })}'\n`,
  });
  const role = { AWS_ROLE_ARN: "arn:aws:iam::1:role/pod", AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, "token") };
  expect(await finder(role, { addresses: { sts: pod.address } })()).toEqual(GIVEN);
  expect(new URLSearchParams(pod.asked[0]?.body).get("WebIdentityToken")).toBe("jwt");
  expect(await finder({ AWS_PROFILE: "tool" })()).toEqual(GIVEN);
  const container = await service(() => ({ ...KEYS, Token: "session" }));
  const full = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.address}/creds`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "c",
  };
  expect(await finder(full)()).toEqual(GIVEN);
  expect(container.asked[0]).toMatchObject({ url: "GET /creds", headers: { authorization: "c" } });
  const machine = await service(({ url, headers }, response) => {
    if (url === "PUT /latest/api/token") return "imds";
    if (headers["x-aws-ec2-metadata-token"] !== "imds") return response.writeHead(401).end();
    return url.endsWith("/security-credentials/") ? "agents\n" : { ...KEYS, Token: "session" };
  });
  expect(await finder({}, { addresses: { metadata: machine.address } })()).toEqual(GIVEN);
  await expect(finder({ AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://example.org/" })()).rejects.toThrow(
    "is no address",
  );
  await expect(finder({})()).rejects.toThrow("There are no AWS credentials: set AWS_BEARER_TOKEN_BEDROCK");
});

test("credentials are kept until shortly before they expire; a failure is not kept", async () => {
  home({});
  let nowMs = NOW;
  let isWell = false;
  const { asked, address } = await service((_, response) =>
    isWell ? { ...KEYS, Token: "session" } : response.writeHead(500).end("{}"),
  );
  const find = finder({ AWS_CONTAINER_CREDENTIALS_FULL_URI: address }, { now: () => nowMs });
  await expect(find()).rejects.toMatchObject({ name: "AwsError", isPassing: true });
  isWell = true;
  expect(await Promise.all([find(), find()])).toEqual([GIVEN, GIVEN]);
  expect(asked.length).toBe(2);
  nowMs = GIVEN.expiresAtMs - 60_000;
  await find();
  expect(asked.length).toBe(3);
});

test("keys that a tool rewrites in the shared file are read again, because nothing says when they expire", async () => {
  const file = (key: string) =>
    `[default]\naws_access_key_id = ${key}\naws_secret_access_key = s\naws_session_token = t\n`;
  const folder = home({ ".aws/credentials": file("ASIAOLD") });
  const find = finder({});
  expect(await find()).toMatchObject({ accessKeyId: "ASIAOLD" });
  const path = join(folder, ".aws/credentials");
  writeFileSync(path, file("ASIANEW"));
  // Two changes within a tick of the clock look like one.
  utimesSync(path, new Date(), new Date(Date.now() + 1_000));
  expect(await find()).toMatchObject({ accessKeyId: "ASIANEW" });
});

test("only what the environment names counts as set up", () => {
  expect([{}, { AWS_REGION: "eu-west-1" }, { AWS_ACCESS_KEY_ID: "A" }].map(namesCredentials)).toEqual([
    false,
    false,
    false,
  ]);
  expect([{ AWS_PROFILE: "dev" }, { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/x" }].map(namesCredentials)).toEqual([
    true,
    true,
  ]);
});
