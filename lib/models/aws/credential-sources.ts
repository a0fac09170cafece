/** The services of AWS that give credentials: sign-in portal, roles, containers and machines. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { AwsV4Signer } from "aws4fetch";
import { z } from "zod";

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** null: they do not expire, or nobody says when. */
  expiresAtMs: number | null;
  /** They stand in a shared file, which a tool may rewrite at any time, because they expire in silence. */
  isOfFile?: true;
}

/** A failure with one sentence for the person who set up the credentials. `isPassing`: another try may succeed. */
export class AwsError extends Error {
  override name = "AwsError";
  constructor(
    message: string,
    readonly isPassing = false,
  ) {
    super(message);
  }
}

const TIMEOUT_MS = 10_000;
/** On a machine that is not Amazon's nothing answers at the address of the metadata. */
const METADATA_TIMEOUT_MS = 1_500;
const SESSION = "banyan";

const camel = z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string() });
const pascal = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  Token: z.string().optional(),
  SessionToken: z.string().optional(),
  Expiration: z.union([z.string(), z.number()]).optional(),
});

/** Returns the credentials of a JSON answer of a container, a machine, a program, or the token service. */
export function credentialsIn(json: unknown): AwsCredentials {
  const { data } = pascal.safeParse(json);
  if (!data) throw new AwsError("AWS answered without credentials.");
  const { AccessKeyId, SecretAccessKey, Token, SessionToken, Expiration } = data;
  const sessionToken = Token ?? SessionToken;
  // The token service writes seconds since 1970, the others a date.
  const expiresAtMs =
    Expiration === undefined ? null : typeof Expiration === "number" ? Expiration * 1_000 : Date.parse(Expiration);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    expiresAtMs,
  };
}

async function ask(what: string, url: string, init: RequestInit & { timeoutMs?: number } = {}): Promise<Response> {
  const { timeoutMs = TIMEOUT_MS, ...request } = init;
  try {
    return await fetch(url, { ...request, redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const { code } = ((error as Error).cause ?? error) as { code?: string };
    throw new AwsError(`${what} cannot be reached at ${new URL(url).host} (${code ?? "no answer"}).`, true);
  }
}

async function askForJson(what: string, url: string, init?: RequestInit & { timeoutMs?: number }): Promise<unknown> {
  const answer = await ask(what, url, init);
  const text = await answer.text();
  if (!answer.ok) {
    const why = /"(?:message|Message|error_description)"\s*:\s*"([^"]{1,200})"/.exec(text)?.[1];
    const reason = why ? `: “${why}”` : "";
    throw new AwsError(`${what} refused the request (status ${answer.status})${reason}.`, answer.status >= 500);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError(`${what} answered with something that is no JSON.`);
  }
}

export interface SsoAccess {
  startUrl: string;
  region: string;
  account: string;
  role: string;
  /** The name of the session in the shared file; absent in the older form. */
  session?: string;
  /** For the sentence about a sign-in that has expired. */
  profile: string;
  /** For tests. */
  address?: string;
}

/** Returns the credentials of a role that a person signed in for with `aws sso login`. */
export async function ssoCredentials(access: SsoAccess, nowMs: number): Promise<AwsCredentials> {
  const { startUrl, region, account, role, session, profile } = access;
  const name = createHash("sha1")
    .update(session ?? startUrl)
    .digest("hex");
  const login = `run \`aws sso login --profile ${profile}\` as the user of the server`;
  const token = readToken(join(homedir(), ".aws", "sso", "cache", `${name}.json`));
  if (!token) throw new AwsError(`Nobody has signed in for the AWS profile ${profile}: ${login}.`);
  if (Date.parse(token.expiresAt) <= nowMs)
    throw new AwsError(`The sign-in for the AWS profile ${profile} has expired: ${login}.`);
  const base = access.address ?? `https://portal.sso.${region}.amazonaws.com`;
  const query = new URLSearchParams({ role_name: role, account_id: account });
  const json = await askForJson("AWS's sign-in portal", `${base}/federation/credentials?${query}`, {
    headers: { "x-amz-sso_bearer_token": token.accessToken },
  });
  const given = z.object({ roleCredentials: camel.extend({ expiration: z.number() }) }).safeParse(json).data;
  if (!given) throw new AwsError("AWS's sign-in portal answered without credentials.");
  const { expiration, ...credentials } = given.roleCredentials;
  return { ...credentials, expiresAtMs: expiration };
}

function readToken(file: string): { accessToken: string; expiresAt: string } | null {
  try {
    const shape = z.object({ accessToken: z.string(), expiresAt: z.string() });
    return shape.safeParse(JSON.parse(readFileSync(file, "utf8"))).data ?? null;
  } catch {
    return null;
  }
}

interface Role {
  arn: string;
  region: string;
  session?: string;
  externalId?: string;
  /** For tests. */
  address?: string;
}

/** Returns the credentials of a role that these credentials may take. */
export async function roleCredentials(role: Role, by: AwsCredentials): Promise<AwsCredentials> {
  const body = stsForm("AssumeRole", role, role.externalId ? { ExternalId: role.externalId } : {});
  const url = stsAddress(role);
  const { accessKeyId, secretAccessKey, sessionToken } = by;
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  const request = { method: "POST", url, body, headers: FORM, service: "sts", region: role.region };
  const { headers } = await new AwsV4Signer({ ...keys, ...request }).sign();
  return stsCredentials(await askForJson("AWS's token service", url, { method: "POST", headers, body }), "AssumeRole");
}

/** Returns the credentials of a role for a token of an identity provider, as Kubernetes gives it to a pod. */
export async function webIdentityCredentials(role: Role, token: string): Promise<AwsCredentials> {
  const action = "AssumeRoleWithWebIdentity";
  const body = stsForm(action, role, { WebIdentityToken: token });
  const request = { method: "POST", headers: FORM, body };
  return stsCredentials(await askForJson("AWS's token service", stsAddress(role), request), action);
}

const FORM = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };

function stsAddress({ region, address }: Role): string {
  return `${address ?? `https://sts.${region}.amazonaws.com`}/`;
}

function stsForm(action: string, { arn, session = SESSION }: Role, more: Record<string, string>): string {
  const form = { Action: action, Version: "2011-06-15", RoleArn: arn, RoleSessionName: session, ...more };
  return new URLSearchParams(form).toString();
}

function stsCredentials(json: unknown, action: string): AwsCredentials {
  const response = (json as Record<string, Record<string, Record<string, unknown>> | undefined>)[`${action}Response`];
  return credentialsIn(response?.[`${action}Result`]?.Credentials);
}

/** Returns the credentials of a container's role (ECS, EKS Pod Identity). */
export async function containerCredentials(url: string, token: string | undefined): Promise<AwsCredentials> {
  const headers: Record<string, string> = token ? { authorization: token } : {};
  return credentialsIn(await askForJson("The container's credential service", url, { headers }));
}

/** Returns the credentials of a machine's role (EC2); null where there is none. */
export async function machineCredentials(address = "http://169.254.169.254"): Promise<AwsCredentials | null> {
  const what = "The machine's metadata service";
  const timeoutMs = METADATA_TIMEOUT_MS;
  const seconds = { "x-aws-ec2-metadata-token-ttl-seconds": "300" };
  const answer = await ask(what, `${address}/latest/api/token`, { method: "PUT", headers: seconds, timeoutMs }).catch(
    () => null,
  );
  if (!answer?.ok) return null;
  const headers = { "x-aws-ec2-metadata-token": await answer.text() };
  const path = `${address}/latest/meta-data/iam/security-credentials/`;
  const roles = await ask(what, path, { headers, timeoutMs });
  if (!roles.ok) return null;
  const [role = ""] = (await roles.text()).split("\n");
  return credentialsIn(await askForJson(what, `${path}${encodeURIComponent(role.trim())}`, { headers }));
}
