/** The settings: read once from the environment (scripts read `.env` into it first), checked, with all defaults. */
import { join, resolve } from "node:path";
import { z } from "zod";
import type { WebhookEvent } from "@/core/shapes/webhooks";
import { type AllowList, parseAllowList } from "./auth/allow-list";
import { GOOGLE, type GoogleSettings, isTrustedOrigin, missingForGoogle } from "./auth/sign-in-settings";
import { BACKUP_SETTINGS, type BackupSettings, backupsOf } from "./env/backups";
import { AGENTS_FORM, agentsIn, type ConfiguredAgent } from "./env/coding-agents";
import { type DailyCaps, dailyCapsOf } from "./env/daily-caps";
import { DATABASE_URL_FORM, databasePath, withoutPassword } from "./env/database-url";
import { environmentsDomain, environmentsDomainOf } from "./env/environments-domain";
import { type ConfiguredForge, FORGES_FORM, forgesIn } from "./env/forges";
import { launcherHomesOf } from "./env/launcher-homes";
import { listIn, mailIn, NOTIFICATION_SETTINGS, webhookIn } from "./env/notifications";
import { RETENTION_SETTINGS, type RetentionSettings, retentionOf } from "./env/retention";
import { RUNNER_SETTINGS, type RunnerSettings, runnersOf } from "./env/runners";
import { SettingError } from "./env/setting-error";
import { TRACING_SETTINGS, type TracingSettings, tracingOf } from "./env/tracing";
import type { MailAccess } from "./mail/send";
import { regionOfProfile } from "./models/aws/profile";
import {
  accessFrom,
  isModelName,
  MODEL_FORM,
  PROVIDER_NAMES,
  PROVIDERS,
  type ProviderSettings,
} from "./models/providers/table";
import { canonicalEntry } from "./net/host-list";
import { defaultKeyFile } from "./secrets/key-file";
import { knownValuesOf } from "./secrets/known-values";
import type { KnownValue } from "./secrets/matcher";

function refuse(sentence: string): never {
  throw new SettingError(sentence);
}

const wholeNumberBetween = (least: number, most: number) =>
  z.coerce
    .number(`a whole number from ${least} to ${most}`)
    .int(`a whole number from ${least} to ${most}`)
    .min(least, `at least ${least}`)
    .max(most, `at most ${most}`);

const amountBetween = (least: number, most: number) =>
  z.coerce.number(`an amount from ${least} to ${most}`).min(least, `at least ${least}`).max(most, `at most ${most}`);

const wholeNumber = (least: number, most: number, fallback: number) =>
  wholeNumberBetween(least, most).default(fallback);

const patternList = z
  .string()
  .refine((text) => listIn(text).length > 0, "patterns separated by commas, such as banyan/*");

/** Hosts of public code, from which tools fetch without approval unless the setting says otherwise. */
const CODE_HOSTS = "github.com,gitlab.com,codeberg.org,bitbucket.org";

const hostList = z
  .string()
  .refine(
    (text) => hostsIn(text).every((host) => canonicalEntry(host) !== null),
    "hosts separated by commas, each as host, host:port or *.host",
  );

const trustedOrigin = z
  .string()
  .refine(isTrustedOrigin, "an address that begins with https://, or http:// for this machine, without a path");

/** Adds the region of a profile of AWS, which no other part of a provider's settings can read without waiting. */
function withRegion(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const texts = Object.entries(settings).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const region = regionOfProfile(Object.fromEntries(texts));
  return region === null ? settings : { ...settings, AWS_REGION: region };
}

/** A key and an address for each provider of models, under the names in its row of the table. */
const PROVIDER_SETTINGS: Record<string, z.ZodType> = Object.fromEntries(
  PROVIDER_NAMES.flatMap((name) => {
    const { keySetting, keyAliases = [], otherSettings = [], urlSetting, urlForm } = PROVIDERS[name];
    const texts = [...(keySetting ? [keySetting] : []), ...keyAliases, ...otherSettings];
    return [
      ...texts.map((text) => [text, z.string().optional()] as const),
      [urlSetting, z.url(urlForm).optional()] as const,
    ];
  }),
);

const schema = z.object({
  DATABASE_URL: z
    .string()
    .refine((url) => databasePath(url) !== null, DATABASE_URL_FORM)
    .optional(),
  BANYAN_DATA_DIR: z.string().default("./data"),
  PORT: wholeNumber(0, 65_535, 3_000),
  HOST: z.string().default("127.0.0.1"),
  BANYAN_URL: trustedOrigin.optional(),
  BANYAN_ENVIRONMENTS_DOMAIN: environmentsDomain.optional(),
  BANYAN_PROCESSES: wholeNumber(1, 2, 2),
  BANYAN_KEY_FILE: z.string().optional(),
  SYSTEM_SECRET_KEY: z.string().min(32, "at least 32 characters").optional(),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
  GOOGLE_ISSUER: trustedOrigin.default(GOOGLE),
  BANYAN_ALLOWED_USERS: z.string().optional().transform(allowList),
  ...PROVIDER_SETTINGS,
  BANYAN_MODEL: z.string().refine(isModelName, MODEL_FORM).optional(),
  MAX_CONCURRENT_AGENTS: wholeNumber(1, 100_000, 3),
  DEFAULT_TIMEOUT_SECONDS: wholeNumber(1, 86_400, 300),
  BANYAN_MODEL_SILENCE_SECONDS: wholeNumber(5, 86_400, 45),
  BANYAN_OUTPUT_TOKENS: wholeNumber(256, 10_000_000, 16_000),
  BANYAN_COMPACT_TOKENS: wholeNumber(4_000, 100_000_000, 150_000),
  SUPERVISOR_CHECK_INTERVAL: wholeNumber(1, 86_400, 60),
  ASK_TIMEOUT_SECONDS: wholeNumberBetween(1, 31_536_000).optional(),
  ASK_TIMEOUT_ANSWER: z.string().max(20_000, "at most 20000 characters").optional(),
  BANYAN_MAX_USD_PER_DAY: amountBetween(0.000001, 1_000_000).optional(),
  BANYAN_MAX_TOKENS_PER_DAY: wholeNumberBetween(1, 1_000_000_000_000).optional(),
  BANYAN_MAX_USD_PER_PERSON_PER_DAY: amountBetween(0.000001, 1_000_000).optional(),
  BANYAN_MAX_TOKENS_PER_PERSON_PER_DAY: wholeNumberBetween(1, 1_000_000_000_000).optional(),
  BANYAN_SUPERVISOR_TOKENS_PER_DAY: wholeNumber(0, 1_000_000_000, 200_000),
  BANYAN_FLAG_REVIEW_TOKENS_PER_DAY: wholeNumber(0, 1_000_000_000, 500_000),
  BANYAN_TRIAL_REPLAYS: wholeNumber(0, 40, 8),
  BANYAN_MAX_SNAPSHOT_MB: wholeNumber(1, 10_000_000, 5_000),
  BANYAN_WORKSPACE_ROOTS: z.string().optional(),
  BANYAN_MAX_WORKSPACE_MB: wholeNumber(1, 10_000_000, 2_000),
  BANYAN_MAX_COMMAND_MB: wholeNumber(64, 10_000_000, 2_048),
  BANYAN_GIT_BRANCHES: patternList.optional(),
  BANYAN_GIT_WRITE_SCOPE: patternList.optional(),
  BANYAN_FORGES: z
    .string()
    .refine((text) => forgesIn(text) !== null, FORGES_FORM)
    .optional(),
  BANYAN_CODING_AGENTS: z
    .string()
    .refine((text) => agentsIn(text) !== null, AGENTS_FORM)
    .optional(),
  BANYAN_ALLOWED_HOSTS: hostList.optional(),
  BANYAN_FETCH_HOSTS: hostList.optional(),
  BANYAN_PRIVATE_HOSTS: hostList.optional(),
  ...NOTIFICATION_SETTINGS,
  BANYAN_SEARCH: z
    .enum(["brave", "tavily", "searxng", "model", "none"], "brave, tavily, searxng, model or none")
    .optional(),
  SEARXNG_URL: z.url({ protocol: /^https?$/, error: "a URL that begins with http:// or https://" }).optional(),
  BANYAN_MAX_DEPTH: wholeNumber(0, 1_000, 8),
  BANYAN_MAX_WIDTH: wholeNumber(1, 100_000, 100),
  BANYAN_MAX_TASKS_PER_TREE: wholeNumber(1, 1_000_000, 1_000),
  BANYAN_MAX_LESSONS: wholeNumber(1, 100_000_000, 100_000),
  BANYAN_MAX_DB_MB: wholeNumberBetween(1, 10_000_000).optional(),
  ...BACKUP_SETTINGS,
  ...RETENTION_SETTINGS,
  ...RUNNER_SETTINGS,
  ...TRACING_SETTINGS,
  BANYAN_SYNCHRONOUS: z.enum(["FULL", "NORMAL"], "FULL or NORMAL").default("FULL"),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"], "trace, debug, info, warn, error or silent")
    .default("info"),
});

/** Parses e-mail addresses and @domains; returns null when none is given. */
function allowList(given: string | undefined, context: z.RefinementCtx): AllowList | null {
  if (given === undefined) return null;
  try {
    return parseAllowList(given);
  } catch (error) {
    context.addIssue(
      `e-mail addresses and domains such as @example.org, separated by commas; ${(error as Error).message}`,
    );
    return z.NEVER;
  }
}

export interface Settings {
  databaseFile: string;
  dataDir: string;
  port: number;
  host: string;
  /** 2: pages and worker each have a process of their own; 1: both are in one. */
  processes: number;
  /** The file with the keys of the secrets; the audit's anchor is beside it. */
  keyFile: string;
  /** Folders of launchers, with releases and their state: the one that is set, and where all others are. */
  launcherHomes: string[];
  /** Encrypts secrets in place of a key of the file; see lib/secrets/keyring.ts. */
  secretKey: string | null;
  /** Secrets in the environment, which are redacted in everything that is stored, shown or sent. */
  knownValues: KnownValue[];
  /** The address that people use for the server, without a trailing slash; null: this machine's own. */
  publicUrl: string | null;
  /** Below which environments have their host names, beside `localhost`; null: only below that. */
  environmentsDomain: string | null;
  /** null: people sign in with the one-time link. */
  google: GoogleSettings | null;
  /** The accounts that may sign in; null when not set. */
  allowedUsers: AllowList | null;
  /**
   * The value of BANYAN_MODEL; null when not set. See agents/providers/providers.ts for the model that tasks then use.
   */
  wantedModel: string | null;
  /** The environment's settings of each provider of models. */
  providers: ProviderSettings;
  maxConcurrentAgents: number;
  defaultTimeoutMs: number;
  /** Of model calls: what each asks for, when a conversation is compacted, how long it may show no sign of life. */
  callLimits: { outputTokens: number; compactTokens: number; silentMs: number };
  supervisorIntervalMs: number;
  /** How long questions and approvals may wait, and the answer after that; null: no limit, and no answer. */
  askTimeoutMs: number | null;
  askDefault: string | null;
  /** The daily spending limits (UTC) over all trees, for everybody together and for each person; null: no limit. */
  dailyCaps: DailyCaps;
  /** The supervisor agent's daily token limit; 0 switches it off. */
  supervisorTokensPerDay: number;
  /** What the review agent's looks at flags may use per day, in tokens; 0 switches them off. */
  flagReviewTokensPerDay: number;
  /** Ended trees that a new version replays at most before its trial; 0 switches replays off. */
  trialReplays: number;
  maxSnapshotBytes: number;
  /** Folders below which people who are not admins may name a workspace. */
  workspaceRoots: string[];
  /** A command that makes its folder larger than this is ended. */
  maxWorkspaceBytes: number;
  /** The memory limit for all processes of one command. */
  maxCommandBytes: number;
  /**
   * Branches that agents may work on, and files that their commits may change; undefined: the defaults of
   * lib/git/rules.
   */
  gitBranches: string[] | undefined;
  gitWriteScope: string[] | undefined;
  /** Forges beside those that need no setting. */
  forges: ConfiguredForge[];
  /** Where installed programs are looked for, in the form of PATH. */
  searchPath: string;
  /** Coding agents in addition to those that Banyan knows. */
  codingAgents: ConfiguredAgent[];
  /** Hosts that tools may reach without approval, in addition to those that an admin adds. */
  allowedHosts: string[];
  /** Hosts that tools may fetch from without approval; sending data there needs approval. */
  fetchHosts: string[];
  /** `host:port`s that tools may reach although their addresses are private: a person's own servers. */
  privateHosts: string[];
  /** A webhook that is told about these events, in addition to those that admins add; null: none. */
  webhook: { url: string; events: WebhookEvent[]; secret: string } | null;
  /** How e-mail is sent, in place of what an admin saved; null: as saved. */
  mail: (MailAccess & { events: WebhookEvent[] }) | null;
  /** The web search service; without a name, the one that is configured. The keys of Brave and Tavily are secrets. */
  search: { name?: "brave" | "tavily" | "searxng" | "model" | "none"; searxngUrl?: string };
  maxDepth: number;
  maxWidth: number;
  maxTasksPerTree: number;
  maxLessons: number;
  maxDbBytes: number | null;
  backups: BackupSettings;
  retention: RetentionSettings;
  runners: RunnerSettings;
  /** null: no traces are sent. */
  tracing: TracingSettings | null;
  synchronous: "FULL" | "NORMAL";
  logLevel: string;
  /** Every setting in effect, for people to read; for a secret only whether it is set. */
  inEffect: { name: string; value: string; is_set: boolean }[];
}

/**
 * Returns the settings. Throws SettingError for the first wrong setting. An empty value counts as unset. `cwd` resolves
 * relative paths.
 */
export function readSettings(env: Record<string, string | undefined>, cwd: string): Settings {
  const given = Object.fromEntries(Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0]);
    throw new SettingError(`The setting ${name} cannot be ${valueShown(name, env[name])}: use ${issue?.message}.`);
  }
  const s = parsed.data;
  const dataDir = resolve(cwd, s.BANYAN_DATA_DIR);
  const path = s.DATABASE_URL ? databasePath(s.DATABASE_URL) : null;
  const databaseFile = path === null ? join(dataDir, "banyan.db") : resolve(cwd, path);
  return {
    databaseFile,
    dataDir,
    port: s.PORT,
    host: s.HOST,
    processes: s.BANYAN_PROCESSES,
    keyFile: s.BANYAN_KEY_FILE ? resolve(cwd, s.BANYAN_KEY_FILE) : defaultKeyFile(env),
    launcherHomes: launcherHomesOf(env, cwd),
    secretKey: s.SYSTEM_SECRET_KEY ?? null,
    knownValues: knownValuesOf(env),
    publicUrl: s.BANYAN_URL ? new URL(s.BANYAN_URL).origin : null,
    environmentsDomain: environmentsDomainOf(s.BANYAN_ENVIRONMENTS_DOMAIN, s.BANYAN_URL),
    google: googleOf(s),
    allowedUsers: s.BANYAN_ALLOWED_USERS,
    wantedModel: s.BANYAN_MODEL ?? null,
    providers: accessFrom(withRegion(s)),
    maxConcurrentAgents: s.MAX_CONCURRENT_AGENTS,
    defaultTimeoutMs: s.DEFAULT_TIMEOUT_SECONDS * 1_000,
    callLimits: {
      outputTokens: s.BANYAN_OUTPUT_TOKENS,
      compactTokens: s.BANYAN_COMPACT_TOKENS,
      silentMs: s.BANYAN_MODEL_SILENCE_SECONDS * 1_000,
    },
    supervisorIntervalMs: s.SUPERVISOR_CHECK_INTERVAL * 1_000,
    askTimeoutMs: s.ASK_TIMEOUT_SECONDS ? s.ASK_TIMEOUT_SECONDS * 1_000 : null,
    askDefault: s.ASK_TIMEOUT_ANSWER ?? null,
    dailyCaps: dailyCapsOf(s),
    supervisorTokensPerDay: s.BANYAN_SUPERVISOR_TOKENS_PER_DAY,
    flagReviewTokensPerDay: s.BANYAN_FLAG_REVIEW_TOKENS_PER_DAY,
    trialReplays: s.BANYAN_TRIAL_REPLAYS,
    maxSnapshotBytes: s.BANYAN_MAX_SNAPSHOT_MB * 1024 * 1024,
    workspaceRoots: listIn(s.BANYAN_WORKSPACE_ROOTS ?? "").map((folder) => resolve(cwd, folder)),
    maxWorkspaceBytes: s.BANYAN_MAX_WORKSPACE_MB * 1024 * 1024,
    maxCommandBytes: s.BANYAN_MAX_COMMAND_MB * 1024 * 1024,
    gitBranches: s.BANYAN_GIT_BRANCHES ? listIn(s.BANYAN_GIT_BRANCHES) : undefined,
    gitWriteScope: s.BANYAN_GIT_WRITE_SCOPE ? listIn(s.BANYAN_GIT_WRITE_SCOPE) : undefined,
    ...codeToolsOf(s, env.PATH),
    allowedHosts: hostsIn(s.BANYAN_ALLOWED_HOSTS ?? ""),
    fetchHosts: hostsIn(s.BANYAN_FETCH_HOSTS ?? CODE_HOSTS),
    privateHosts: hostsIn(s.BANYAN_PRIVATE_HOSTS ?? ""),
    webhook: webhookIn(s, refuse),
    mail: mailIn(s, refuse),
    search: { name: s.BANYAN_SEARCH, searxngUrl: s.SEARXNG_URL },
    maxDepth: s.BANYAN_MAX_DEPTH,
    maxWidth: s.BANYAN_MAX_WIDTH,
    maxTasksPerTree: s.BANYAN_MAX_TASKS_PER_TREE,
    maxLessons: s.BANYAN_MAX_LESSONS,
    maxDbBytes: s.BANYAN_MAX_DB_MB ? s.BANYAN_MAX_DB_MB * 1024 * 1024 : null,
    backups: backupsOf(s, refuse),
    retention: retentionOf(s),
    runners: runnersOf(s, cwd, refuse),
    tracing: tracingOf(s),
    synchronous: s.BANYAN_SYNCHRONOUS,
    logLevel: s.LOG_LEVEL,
    inEffect: inEffect(given, { BANYAN_FETCH_HOSTS: CODE_HOSTS, DATABASE_URL: `file:${databaseFile}`, ...s }),
  };
}

/** Returns a wrong value as a sentence may name it, without keys and passwords. */
function valueShown(name: string, value = ""): string {
  if (/KEY|SECRET|HEADERS/.test(name)) return "its value";
  return `"${name === "DATABASE_URL" ? withoutPassword(value) : value}"`;
}

/** The list of people is hidden too, because readers of the settings need not know them. */
const NOT_SHOWN = /KEY|SECRET|HEADERS|_TOKEN(?:$|_BEDROCK)|PASSWORD|ALLOWED_USERS/;

function inEffect(given: Record<string, string | undefined>, parsed: Record<string, unknown>): Settings["inEffect"] {
  const shown = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
  return Object.keys(schema.shape).map((name) => {
    const is_set = given[name] !== undefined;
    const whole = withoutCredentials(given[name] ?? shown(parsed[name]));
    const value = NOT_SHOWN.test(name) ? (is_set ? "set" : "") : PATH_IS_KEY.test(name) ? withoutPath(whole) : whole;
    return { name, value, is_set };
  });
}

/** Services such as chats give addresses that let whoever knows them send. */
const PATH_IS_KEY = /WEBHOOK_URL/;

function withoutPath(address: string): string {
  const { origin, pathname, search } = URL.parse(address) ?? { origin: address, pathname: "/", search: "" };
  return pathname === "/" && search === "" ? origin : `${origin}/…`;
}

/** Removes user names, passwords and queries, which may hold a key, from addresses. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, "//…@").replace(/(:\/\/[^\s?]*\?)\S+/g, "$1…");
}

/** Throws for incomplete settings, which would let nobody in, or Google accounts that nobody approved. */
function googleOf(s: z.infer<typeof schema>): GoogleSettings | null {
  const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = s;
  const list = s.BANYAN_ALLOWED_USERS;
  const hasAllowList = list !== null && list.addresses.size + list.domains.size > 0;
  const missing = missingForGoogle({ id: clientId, secret: clientSecret, hasAllowList });
  if (missing) throw new SettingError(missing);
  return clientId && clientSecret ? { clientId, clientSecret, issuer: new URL(s.GOOGLE_ISSUER).origin } : null;
}

function hostsIn(text: string): string[] {
  return listIn(text).map((host) => host.toLowerCase());
}

/** Returns what works on code with agents: forges, and programs that are installed on the machine. */
function codeToolsOf(
  { BANYAN_FORGES: forges = "", BANYAN_CODING_AGENTS: agents = "" }: z.output<typeof schema>,
  searchPath = "",
): Pick<Settings, "forges" | "searchPath" | "codingAgents"> {
  return { forges: forgesIn(forges) ?? [], searchPath, codingAgents: agentsIn(agents) ?? [] };
}
