/**
 * The single permission check. Pages, actions, HTTP API, socket, MCP and the command line get the application here, for
 * one actor, and each call is checked against the role of that actor. A new method without an entry below does not
 * compile, and is refused.
 */
import { type Application, type LiveFeed, type Operator, type Queries, UserError } from "@/agents/application";
import type { operations } from "@/agents/commands/operations";
import type { Bound, InputOf, ResultOf } from "@/agents/operations/operation";
import { beyondTask, type OF_ONE_TASK, refusal } from "@/agents/operations/permission";
import { type Actor, may, type Permission } from "@/core/rules/roles";
import type { FrozenProof } from "@/core/shapes/proof";

export const PERMISSIONS: Readonly<Record<keyof Queries | keyof LiveFeed, Permission>> = {
  listTrees: "look",
  listFailedTasks: "look",
  countTrees: "look",
  listSubmitters: "look",
  listTemplates: "look",
  getTree: "look",
  getGoal: "look",
  getForkStart: "look",
  listGoals: "look",
  getTask: "look",
  searchTree: "look",
  find: "look",
  findInLog: "look",
  getTimeline: "look",
  listTurns: "look",
  listMessages: "look",
  getMessage: "look",
  listReviews: "look",
  markOfReviews: "look",
  getReview: "look",
  getReviewItem: "look",
  comparePush: "decide",
  lookAtPackages: "decide",
  listDecided: "look",
  listRules: "look",
  listRuleEvents: "look",
  listInterventions: "look",
  compareTrees: "look",
  listForks: "look",
  getTaskFiles: "look",
  listFiles: "look",
  listChanges: "look",
  listSnapshots: "look",
  previewFile: "look",
  openFile: "look",
  openArchive: "look",
  openPatch: "look",
  planApply: "look",
  getPlace: "look",
  getLogFacts: "look",
  getConversation: "look",
  getModelUse: "look",
  getOutput: "look",
  openAttachment: "look",
  nextAction: "look",
  getContinuation: "look",
  listAgents: "look",
  listDocuments: "look",
  listTools: "look",
  listRunbooks: "look",
  getAgent: "look",
  getDocument: "look",
  getTool: "look",
  getStatus: "look",
  getPolicy: "look",
  listProjects: "look",
  getProject: "look",
  getForge: "look",
  getEvolution: "look",
  listInsights: "look",
  listAllInsights: "look",
  listEnvironments: "look",
  getEnvironment: "look",
  getEnvironmentLog: "look",
  listPromotions: "look",
  getPromotionLog: "look",
  getSpecification: "look",
  getServiceWay: "look",
  listServices: "look",
  listServiceQuestions: "look",
  listBlueprints: "look",
  getBlueprint: "configure",
  getService: "look",
  listSchedules: "look",
  getSchedule: "look",
  previewTimes: "look",
  getSpendCaps: "look",
  getLimits: "look",
  getObjectives: "look",
  listToolProposals: "look",
  getToolHistory: "look",
  getToolVersion: "look",
  previewServers: "administer",
  previewApi: "administer",
  previewOutsideAgent: "administer",
  listCapabilities: "look",
  findCapabilities: "look",
  findGaps: "look",
  listSecrets: "administer",
  listWebhooks: "administer",
  getMail: "administer",
  listProviderKeys: "administer",
  listModels: "look",
  checkModel: "look",
  findFolders: "run",
  getFolder: "run",
  listAudit: "administer",
  verifyAudit: "administer",
  listEntries: "look",
  listRemoved: "look",
  getEntry: "look",
  listVersions: "look",
  getVersion: "look",
  listEntryProposals: "look",
  listTrials: "look",
  getTrial: "look",
  getPersonVerdict: "look",
  getProof: "look",
  listSharedProofs: "look",
  exportEntries: "look",
  previewImport: "configure",
  getFigures: "look",
  getHistory: "look",
  listProviders: "look",
  listCodingAgents: "look",
  listWorkers: "look",
  listStarts: "look",
  listBackups: "administer",
  findOldTrees: "run",
  getRetention: "administer",
  previewRetention: "administer",
  listArchives: "administer",
  getArchive: "administer",
  onTree: "look",
  onTrees: "look",
  onActivity: "look",
  activitiesIn: "look",
  activityOf: "look",
  getSelf: "look",
  getImprovement: "look",
  getFailures: "look",
  getKpis: "look",
  getReport: "look",
  getUsage: "look",
  getRunners: "look",
  listLessons: "look",
  getLesson: "look",
  getLessonGraph: "look",
  listLessonsOfTask: "look",
  listLessonTrees: "look",
  getMemory: "look",
  exportLessons: "look",
  listGateRuns: "look",
  getGateRun: "look",
  listUsers: "administer",
  listSettings: "look",
  listTokens: "administer",
};

declare const MARK: unique symbol;

/** The operations of people, as methods for one actor. */
type OperationsOfActor = Bound<typeof operations>;

export type OperationName = keyof typeof operations;
export type OperationInput<Name extends OperationName> = InputOf<(typeof operations)[Name]>;
type OperationResult<Name extends OperationName> = ResultOf<(typeof operations)[Name]>;

/** Those that answer with a sentence, as pages show it. */
export type TellingOperation = {
  [Name in OperationName]: OperationResult<Name> extends { sentence: string } ? Name : never;
}[OperationName];

/** A query or an operation. */
export type Method = keyof typeof PERMISSIONS | keyof typeof operations;

/**
 * An application that checks its actor's permissions. Only `guarded` creates it, so none without checks fits its type.
 */
export interface GuardedApplication extends Pick<Application, "queries" | "live"> {
  readonly actor: Actor;
  commands: OperationsOfActor;
  /** Runs an operation whose name and input come from outside: only those that pages and the HTTP API have. */
  operate<Name extends OperationName>(name: Name, input: OperationInput<Name>): Promise<OperationResult<Name>>;
  /** Whether the operation does something once for all inputs with the same `once`. */
  takesOnce(name: OperationName): boolean;
  /** Returns whether the actor may call the method at all. */
  may(method: Method): boolean;
  /** Returns one sentence that says who may, or null when the actor may. Leaves no row in the audit. */
  whyNot(method: Method): string | null;
  /** Rejects with UserError forbidden when the actor may not, and leaves a row in the audit. */
  check(method: Method): Promise<void>;
  readonly [MARK]: true;
}

/** Returns the application for one actor. Its methods throw UserError forbidden when the actor may not call them. */
export function guarded(app: Application, actor: Actor): GuardedApplication {
  const rightOf = (method: Method) =>
    app.operations.rightOf(method) ?? (PERMISSIONS as Partial<Record<Method, Permission>>)[method];
  const why = (method: Method) => refusal(actor, rightOf(method), method);
  const parts = {
    actor,
    may: (method: Method) => why(method) === null,
    whyNot: (method: Method) => why(method)?.message ?? null,
    async check(method: Method) {
      const refused = why(method);
      if (!refused) return;
      await app.auditRefusal?.(actor, method, refused.message);
      throw refused;
    },
    queries: guardedQueries(app.queries, actor),
    commands: operationsOf(app.operations, actor),
    takesOnce: (name: OperationName) => app.operations.takesOnce(name),
    operate: <Name extends OperationName>(name: Name, input: OperationInput<Name>) =>
      app.operations.isOpen(name)
        ? (app.operations.run(name, input, actor) as Promise<OperationResult<Name>>)
        : Promise.reject(new UserError("not_found", `There is no operation ${name}.`)),
    live: guardedMethods(app.live, actor, "feed"),
  };
  return parts as typeof parts & Pick<GuardedApplication, typeof MARK>;
}

/** The operations check and audit themselves: see `agents/operations/perform.ts`. */
function operationsOf(operations: Operator, actor: Actor): OperationsOfActor {
  return new Proxy({} as OperationsOfActor, {
    get(_, name) {
      if (typeof name !== "string" || operations.rightOf(name) === undefined) return undefined;
      return (given: unknown) => operations.run(name, given, actor);
    },
  });
}

/** The right of `updateServer`. */
const MAY_EDIT_SERVERS: Permission = "administer";

/** Returns only the queries, for a door without commands. */
export function guardedQueries(queries: Queries, actor: Actor): Queries {
  if (actor.task !== undefined) return queriesOfTask(queries, actor.task);
  const guardedOnes = guardedMethods(queries, actor, "queries");
  return may(actor.role, MAY_EDIT_SERVERS) ? guardedOnes : withoutSettings(guardedOnes);
}

/**
 * Hides the entries of servers, of now and of earlier versions. They may contain secrets that nobody marked, so only those
 * who may edit see them.
 */
function withoutSettings(queries: Queries): Queries {
  const getTool: Queries["getTool"] = async (...given) => {
    const tool = await queries.getTool(...given);
    return tool.server ? { ...tool, server: { ...tool.server, entry: null } } : tool;
  };
  const getToolVersion: Queries["getToolVersion"] = (name, version) => queries.getToolVersion(name, version, true);
  const hiding: Partial<Queries> = { getTool, getToolVersion };
  return new Proxy(queries, { get: (target, name) => Reflect.get(hiding, name) ?? Reflect.get(target, name) });
}

type AnyMethod = (...args: unknown[]) => unknown;

/** Wraps each method with the check. Queries reject; a feed, which is synchronous, throws. */
function guardedMethods<Methods extends object>(methods: Methods, actor: Actor, kind: "queries" | "feed"): Methods {
  return new Proxy(methods, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      const call: AnyMethod = (...args) => {
        const why = refusalOfMethod(actor, name);
        if (why) throw why;
        return (method as AnyMethod).apply(target, args);
      };
      return kind === "feed" ? call : async (...args: unknown[]) => call(...args);
    },
  });
}

function refusalOfMethod(actor: Actor, method: string | symbol): UserError | null {
  const needed = Object.hasOwn(PERMISSIONS, method) ? PERMISSIONS[method as keyof typeof PERMISSIONS] : undefined;
  return refusal(actor, needed, String(method));
}

/** Returns the few queries that a token for one task may use. */
function queriesOfTask(queries: Queries, task: string): Queries {
  async function isWithin(id: string): Promise<boolean> {
    for (let at: string | null = id; at !== null; ) {
      if (at === task) return true;
      at = (await queries.getTask(at)).parent_id;
    }
    return false;
  }
  async function within<T extends { id: string }>(found: Promise<T>): Promise<T> {
    const value = await found.catch(() => null);
    if (!value || !(await isWithin(value.id))) throw beyondTask(task);
    return value;
  }
  const allowed: Pick<Queries, (typeof OF_ONE_TASK)[number]> = {
    getTask: (id) => within(queries.getTask(id)),
    async listMessages(scope, options) {
      if (!("taskId" in scope)) throw beyondTask(task);
      const { id } = await within(queries.getTask(scope.taskId));
      return queries.listMessages({ taskId: id }, options);
    },
    async getMessage(seq) {
      const message = await queries.getMessage(seq).catch(() => null);
      if (!message || !(await isWithin(message.task_id))) throw beyondTask(task);
      return message;
    },
  };
  return new Proxy(queries, {
    get: (_, name) =>
      Object.hasOwn(allowed, name)
        ? allowed[name as keyof typeof allowed]
        : async () => {
            throw beyondTask(task);
          },
  });
}

const KEY = Symbol.for("banyan.application");
const store = globalThis as { [KEY]?: Application };

/** Sets the process's only application, at the server's start. Kept on `globalThis`, as Next.js loads modules twice. */
export function setApplication(application: Application): void {
  store[KEY] = application;
}

/**
 * Returns what a link to a proof shows, or null: the only thing that the application tells those who have not signed in.
 */
export function sharedProof(secret: string): FrozenProof | null {
  return store[KEY]?.sharedProof?.(secret) ?? null;
}

/** Returns the application for pages and actions. */
export function applicationFor(actor: Actor): GuardedApplication {
  const found = store[KEY];
  if (!found) throw new Error("The application is not set up: pages work only under Banyan's own server.");
  return guarded(found, actor);
}
