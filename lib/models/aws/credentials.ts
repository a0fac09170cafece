/**
 * Finds AWS credentials where AWS's own tools look: keys of the environment, a role of a token file, a profile of the
 * shared files, the role of a container, the role of a machine.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import {
  type AwsCredentials,
  AwsError,
  containerCredentials,
  credentialsIn,
  machineCredentials,
  roleCredentials,
  ssoCredentials,
  webIdentityCredentials,
} from "./credential-sources";
import { type ProfileFiles, readProfiles, type Section } from "./profile";
import { type AwsSettings, CREDENTIAL_SETTINGS } from "./settings";

/** Addresses of AWS's services, for tests. */
interface AwsAddresses {
  sso?: string;
  sts?: string;
  metadata?: string;
}

/** Credentials are asked for again this long before they expire. */
const EARLY_MS = 5 * 60_000;
const PROCESS_TIMEOUT_MS = 60_000;
/** A chain of roles longer than this is a circle. */
const MOST_ROLES = 5;

interface Sources {
  settings: AwsSettings;
  region: string;
  now(): number;
  addresses?: AwsAddresses;
}

export interface AwsCredentialFinder {
  /** Finds the credentials, and keeps them until shortly before they expire. Rejects with AwsError. */
  find(): Promise<AwsCredentials>;
  /** Forgets what is kept, because AWS refused it. */
  forget(): void;
}

export function createAwsCredentials(sources: Sources): AwsCredentialFinder {
  let kept: Promise<AwsCredentials> | null = null;
  let untilMs = Number.NEGATIVE_INFINITY;
  return {
    find() {
      if (kept && sources.now() < untilMs) return kept;
      untilMs = Number.POSITIVE_INFINITY;
      const found = find(sources);
      kept = found;
      const keepUntil = (ms: number) => {
        if (kept === found) untilMs = ms;
      };
      found.then(
        (credentials) => keepUntil(endOf(credentials)),
        () => keepUntil(Number.NEGATIVE_INFINITY),
      );
      return found;
    },
    forget() {
      kept = null;
    },
  };
}

/** Returns until when the credentials are kept. Those of a file are read each time: the files themselves are kept. */
function endOf({ expiresAtMs, isOfFile }: AwsCredentials): number {
  if (isOfFile) return Number.NEGATIVE_INFINITY;
  return expiresAtMs === null ? Number.POSITIVE_INFINITY : expiresAtMs - EARLY_MS;
}

async function find(sources: Sources): Promise<AwsCredentials> {
  const { settings, addresses } = sources;
  const own = keysIn({
    aws_access_key_id: settings.AWS_ACCESS_KEY_ID,
    aws_secret_access_key: settings.AWS_SECRET_ACCESS_KEY,
    aws_session_token: settings.AWS_SESSION_TOKEN,
  });
  if (own) return own;
  const files = readProfiles(settings);
  if (settings.AWS_PROFILE) return ofProfile(sources, files, settings.AWS_PROFILE);
  if (settings.AWS_ROLE_ARN && settings.AWS_WEB_IDENTITY_TOKEN_FILE)
    return ofTokenFile(sources, settings.AWS_ROLE_ARN, settings.AWS_WEB_IDENTITY_TOKEN_FILE);
  if (files.profile("default")) return ofProfile(sources, files, "default");
  const container = containerAddress(settings);
  if (container) return containerCredentials(container, containerToken(settings));
  const isOff = settings.AWS_EC2_METADATA_DISABLED === "true";
  const machine = isOff ? null : await machineCredentials(addresses?.metadata);
  if (machine) return machine;
  throw new AwsError(
    "There are no AWS credentials: set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.",
  );
}

function keysIn(section: Readonly<Record<string, string | undefined>>): AwsCredentials | null {
  const { aws_access_key_id, aws_secret_access_key, aws_session_token } = section;
  if (!aws_access_key_id || !aws_secret_access_key) return null;
  return {
    accessKeyId: aws_access_key_id,
    secretAccessKey: aws_secret_access_key,
    ...(aws_session_token && { sessionToken: aws_session_token }),
    expiresAtMs: null,
  };
}

async function ofProfile(sources: Sources, files: ProfileFiles, name: string, depth = 0): Promise<AwsCredentials> {
  const section = files.profile(name);
  if (!section) throw new AwsError(`There is no AWS profile ${name}: correct AWS_PROFILE, or add it to ~/.aws/config.`);
  if (depth > MOST_ROLES) throw new AwsError(`The AWS profile ${name} takes roles in a circle: correct ~/.aws/config.`);
  if (section.role_arn) return ofRole(sources, files, name, section, depth);
  const keys = keysIn(section);
  if (keys) return { ...keys, isOfFile: true };
  const sso = ssoOf(files, section);
  if (sso) {
    const address = sources.addresses?.sso;
    return ssoCredentials({ ...sso, profile: name, ...(address && { address }) }, sources.now());
  }
  if (section.credential_process) return ofProcess(name, section.credential_process);
  throw new AwsError(`The AWS profile ${name} names no credentials: add keys, an SSO session or a role to it.`);
}

function ssoOf(files: ProfileFiles, section: Section) {
  const session = section.sso_session;
  const { sso_start_url, sso_region } = session ? (files.ssoSession(session) ?? {}) : section;
  const { sso_account_id: account, sso_role_name: role } = section;
  if (!sso_start_url || !sso_region || !account || !role) return null;
  return { startUrl: sso_start_url, region: sso_region, account, role, ...(session && { session }) };
}

async function ofRole(
  sources: Sources,
  files: ProfileFiles,
  name: string,
  section: Section,
  depth: number,
): Promise<AwsCredentials> {
  const { role_arn: arn = "", source_profile, credential_source, web_identity_token_file } = section;
  if (section.mfa_serial)
    throw new AwsError(
      `The AWS profile ${name} asks for a code of a device, which a server cannot enter: use a role without it.`,
    );
  if (web_identity_token_file) return ofTokenFile(sources, arn, web_identity_token_file);
  if (!source_profile && !credential_source)
    throw new AwsError(`The AWS profile ${name} has a role but no source_profile: add one to ~/.aws/config.`);
  const isItself = source_profile === name;
  const by = credential_source
    ? await ofSource(sources, credential_source)
    : isItself
      ? keysIn(section)
      : await ofProfile(sources, files, source_profile ?? "", depth + 1);
  if (!by) throw new AwsError(`The AWS profile ${name} names itself as the source of its role, but has no keys.`);
  return roleCredentials(roleOf(sources, arn, section), by);
}

function roleOf({ region, addresses }: Sources, arn: string, section: Section = {}) {
  return {
    arn,
    region,
    ...(section.role_session_name && { session: section.role_session_name }),
    ...(section.external_id && { externalId: section.external_id }),
    ...(addresses?.sts && { address: addresses.sts }),
  };
}

/** `credential_source` names a place instead of a profile. */
function ofSource(sources: Sources, source: string): Promise<AwsCredentials> {
  const { AWS_PROFILE: _, ...settings } = sources.settings;
  const only: Record<string, string[]> = {
    Environment: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
    EcsContainer: CREDENTIAL_SETTINGS.filter((name) => name.startsWith("AWS_CONTAINER_")),
    Ec2InstanceMetadata: [],
  };
  const names = only[source];
  if (!names)
    throw new AwsError(`“${source}” is no credential_source: use Environment, EcsContainer or Ec2InstanceMetadata.`);
  // Without files, so that the default profile is not found first.
  const kept = Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));
  const none = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
  return find({ ...sources, settings: { ...kept, ...none } });
}

async function ofTokenFile(sources: Sources, arn: string, file: string): Promise<AwsCredentials> {
  let token: string;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch {
    throw new AwsError(`The token file ${file} of the AWS role cannot be read: correct AWS_WEB_IDENTITY_TOKEN_FILE.`);
  }
  const session = sources.settings.AWS_ROLE_SESSION_NAME;
  return webIdentityCredentials({ ...roleOf(sources, arn), ...(session && { session }) }, token);
}

/** Runs the program that a person wrote into their profile, as AWS's own tools do. */
async function ofProcess(name: string, command: string): Promise<AwsCredentials> {
  const failed = `The credential_process of the AWS profile ${name}`;
  const run = promisify(execFile)("/bin/sh", ["-c", command], { timeout: PROCESS_TIMEOUT_MS, maxBuffer: 1_000_000 });
  const { stdout } = await run.catch(({ code }: { code?: unknown }) => {
    throw new AwsError(`${failed} failed (${String(code)}): run it yourself to see why.`, true);
  });
  try {
    return credentialsIn(JSON.parse(stdout));
  } catch {
    throw new AwsError(`${failed} printed no credentials: run it yourself to see why.`);
  }
}

/** The hosts at which containers give credentials over plain HTTP. */
const CONTAINER_HOSTS = new Set([
  "169.254.170.2",
  "169.254.170.23",
  "[fd00:ec2::23]",
  "127.0.0.1",
  "localhost",
  "[::1]",
]);

function containerAddress(settings: AwsSettings): string | null {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = settings;
  if (relative) return `http://169.254.170.2${relative}`;
  if (!full) return null;
  const url = URL.canParse(full) ? new URL(full) : null;
  if (url && (url.protocol === "https:" || (url.protocol === "http:" && CONTAINER_HOSTS.has(url.hostname))))
    return full;
  throw new AwsError("AWS_CONTAINER_CREDENTIALS_FULL_URI is no address at which a container gives credentials.");
}

function containerToken(settings: AwsSettings): string | undefined {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file } = settings;
  if (!file) return token;
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    throw new AwsError(`The file ${file} cannot be read: correct AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE.`);
  }
}
