/**
 * Makes the description with which GitLab's stand-in in the tests validates its traffic. GitLab's own is under CC BY-SA
 * and in no package, so this one is made of what `@gitbeaker/core` (MIT) knows of the API: the addresses come from
 * calling its methods, and what is sent and answered from its types. Install it in a folder somewhere
 * (`npm install --prefix FOLDER @gitbeaker/core`), then run
 * `node scripts/run-ts.mjs scripts/generators/gitlab-openapi.ts FOLDER`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createGenerator } from "ts-json-schema-generator";

const OUT = "tests/forges/gitlab-openapi.json";

interface Call {
  /** A method of a resource, with what it is called with beside its options. */
  method: string;
  given: readonly unknown[];
  /** The type of its options. */
  options?: string;
  /** The type of what it answers; null: text. */
  answer: string | null;
  /** It answers a list of these. */
  isList?: boolean;
}

const project = "{id}";
const issue = [project, "{issue_iid}"];
const merge = [project, "{merge_request_iid}"];

/** What Banyan asks of GitLab. */
const CALLS: readonly Call[] = [
  { method: "Users.showCurrentUser", given: [], answer: "ExpandedUserSchema" },
  { method: "Projects.show", given: [project], answer: "ProjectSchema" },
  {
    method: "Issues.all",
    given: [{ projectId: project }],
    options: "AllIssuesOptions",
    answer: "IssueSchemaWithBasicLabels",
    isList: true,
  },
  { method: "Issues.show", given: ["{issue_iid}", { projectId: project }], answer: "IssueSchema" },
  { method: "IssueLabelEvents.all", given: issue, answer: "LabelEventSchema", isList: true },
  {
    method: "IssueNotes.all",
    given: issue,
    options: "NotesOptions",
    answer: "NoteSchema",
    isList: true,
  },
  { method: "IssueNotes.create", given: [...issue, "text"], answer: "NoteSchema" },
  {
    method: "Events.all",
    given: [{ projectId: project }],
    options: "AllEventOptions",
    answer: "EventSchema",
    isList: true,
  },
  {
    method: "ProjectMembers.all",
    given: [project, { includeInherited: true }],
    options: "AllMembersOptions",
    answer: "MemberSchema",
    isList: true,
  },
  {
    method: "MergeRequests.all",
    given: [{ projectId: project }],
    options: "AllMergeRequestsOptions",
    answer: "MergeRequestSchemaWithBasicLabels",
    isList: true,
  },
  {
    method: "MergeRequests.create",
    given: [project, "branch", "base", "title"],
    options: "CreateMergeRequestOptions",
    answer: "ExpandedMergeRequestSchema",
  },
  { method: "MergeRequests.show", given: merge, answer: "ExpandedMergeRequestSchema" },
  {
    method: "MergeRequests.edit",
    given: merge,
    options: "EditMergeRequestOptions",
    answer: "ExpandedMergeRequestSchema",
  },
  {
    method: "MergeRequests.accept",
    given: merge,
    options: "AcceptMergeRequestOptions",
    answer: "ExpandedMergeRequestSchema",
  },
  { method: "MergeRequests.showReviewers", given: merge, answer: "MergeRequestReviewerSchema", isList: true },
  {
    method: "MergeRequestApprovals.showConfiguration",
    given: [project, { mergerequestIId: "{merge_request_iid}" }],
    answer: "MergeRequestLevelMergeRequestApprovalSchema",
  },
  {
    method: "MergeRequestNotes.all",
    given: merge,
    options: "NotesOptions",
    answer: "NoteSchema",
    isList: true,
  },
  { method: "MergeRequestNotes.create", given: [...merge, "text"], answer: "NoteSchema" },
  { method: "MergeRequestDiscussions.all", given: merge, answer: "DiscussionSchema", isList: true },
  {
    method: "Commits.all",
    given: [project],
    options: "AllCommitsOptions",
    answer: "CommitSchema",
    isList: true,
  },
  { method: "Commits.show", given: [project, "{sha}"], answer: "CommitSchema" },
  {
    method: "Commits.allStatuses",
    given: [project, "{sha}"],
    answer: "CommitStatusSchema",
    isList: true,
  },
  { method: "Jobs.all", given: [project, { pipelineId: "{pipeline_id}" }], answer: "JobSchema", isList: true },
  { method: "Jobs.showLog", given: [project, "{job_id}"], answer: null },
];

/** Options that have no type of their own there. */
const OWN_TYPES = `export type NotesOptions = { sort?: "asc" | "desc"; orderBy?: "created_at" | "updated_at" };`;

type Json = Record<string, unknown>;

/** GitLab adds states: the types lack `conflict`, `preparing` and others. */
const withAnyMergeStatus = ({ properties }: Json) => {
  (properties as Record<string, Json>).detailed_merge_status = { type: "string" };
};

/** Where the types say less, or other things, than GitLab's documentation. */
const MENDED: Readonly<Record<string, (schema: Json) => void>> = {
  ExpandedMergeRequestSchema: withAnyMergeStatus,
  MergeRequestSchemaWithBasicLabels: withAnyMergeStatus,
  // "Return all merge requests or just those that are …"
  AllMergeRequestsOptions: ({ properties }) => {
    const state = (properties as Record<string, Json>).state ?? {};
    state.enum = [...(state.enum as string[]), "all"];
  },
  // It is null where somebody has access by the other one alone.
  ProjectSchema: ({ properties }) => {
    const { permissions } = properties as Record<string, Json>;
    for (const access of Object.values((permissions?.properties ?? {}) as Record<string, Json>)) access.nullable = true;
  },
  // Most memberships do not end; the others are there only for some.
  MemberSchema: (schema) => {
    const { expires_at } = schema.properties as Record<string, Json>;
    if (expires_at) expires_at.nullable = true;
    const optional = ["email", "group_saml_identity"];
    schema.required = (schema.required as string[]).filter((name) => !optional.includes(name));
  },
};

interface Recorded {
  verb: string;
  path: string;
  body: Json | undefined;
}

export async function main([folder = ""]: readonly string[]): Promise<void> {
  const library = join(folder, "node_modules/@gitbeaker/core");
  const { Gitlab } = (await import(pathToFileURL(join(library, "dist/index.mjs")).href)) as {
    Gitlab: new (options: object) => Json;
  };
  const about = JSON.parse(readFileSync(join(library, "package.json"), "utf8")) as Json;
  const schemaOf = schemasOf(folder);
  const paths: Record<string, Json> = {};
  for (const call of CALLS) {
    const { verb, path, body } = await recorded(Gitlab, call);
    paths[path] = { ...paths[path], [verb]: operationOf(call, verb, body, schemaOf) };
  }
  const version = String(about.version);
  const description = `made of the methods and types of @gitbeaker/core ${version}, MIT, Copyright (c) 2025 Justin Dalrymple`;
  const document = {
    openapi: "3.0.3",
    info: { title: "GitLab, in part", version, description },
    paths,
    components: {},
  };
  writeFileSync(OUT, `${JSON.stringify(document)}\n`);
}

/** Calls the method with a sender that only notes what it is to send. */
async function recorded(Gitlab: new (options: object) => Json, { method, given }: Call): Promise<Recorded> {
  let found: Recorded | null = null;
  const sender =
    (verb: string, { url }: { url: string }) =>
    async (endpoint: string, { body }: { body?: Json }) => {
      const path = `/${url}/${endpoint}`.replace(/^.*\/api\/v4\/+/, "/").replaceAll(/\/+/g, "/");
      found = { verb, path: decodeURIComponent(path), body };
      return { body: [], headers: {}, status: 200 };
    };
  const requesterFn = (options: { url: string }) =>
    Object.fromEntries(["get", "post", "put"].map((verb) => [verb, sender(verb, options)]));
  const client = new Gitlab({ host: "https://gitlab.test", token: "-", requesterFn });
  const [resource = "", name = ""] = method.split(".");
  const methods = client[resource] as Record<string, (...given: readonly unknown[]) => Promise<unknown>>;
  await methods[name]?.(...given);
  if (found === null) throw new Error(`${method} sends nothing.`);
  return found;
}

function schemasOf(folder: string): (type: string) => Json {
  const types = CALLS.flatMap(({ answer, options }) => [answer, options]).filter((type) => typeof type === "string");
  const named = [...new Set(types)].filter((type) => !OWN_TYPES.includes(`type ${type} `));
  const lines = named.map((type) => `export type Of${type} = Gitlab.${type};`);
  const source = [
    `import type * as Gitlab from "@gitbeaker/core";`,
    ...lines,
    OWN_TYPES.replaceAll("type ", "type Of"),
  ];
  const [path, tsconfig] = [join(folder, "types.ts"), join(folder, "tsconfig.json")];
  writeFileSync(path, source.join("\n"));
  const compilerOptions = { module: "nodenext", moduleResolution: "nodenext", strict: true, skipLibCheck: true };
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions, files: ["types.ts"] }));
  const generator = createGenerator({ path, tsconfig, skipTypeCheck: true, additionalProperties: true, topRef: false });
  return (type) => {
    const { $schema: _schema, definitions: _definitions, ...schema } = generator.createSchema(`Of${type}`) as Json;
    const described = withNullable(schema) as Json;
    MENDED[type]?.(described);
    return described;
  };
}

/** OpenAPI 3.0 says in another way than JSON Schema that something may be null. */
function withNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNullable);
  if (typeof value !== "object" || value === null) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withNullable(inner)]));
  if (typeof schema.description === "string") delete schema.description;
  const options = schema.anyOf;
  const isNull = (option: Json) => option.nullable === true && Object.keys(option).length === 1;
  if (Array.isArray(options) && options.some(isNull)) {
    const [only, ...more] = options.filter((option) => !isNull(option));
    return more.length === 0 ? { ...(only as Json), nullable: true } : { anyOf: [only, ...more], nullable: true };
  }
  if (schema.type === "null") return { nullable: true };
  if (!Array.isArray(schema.type) || !schema.type.includes("null")) return schema;
  const [type, ...more] = schema.type.filter((one) => one !== "null");
  return { ...schema, type: more.length === 0 ? type : [type, ...more], nullable: true };
}

function operationOf(
  { options, answer, isList = false }: Call,
  verb: string,
  body: Json | undefined,
  schemaOf: (type: string) => Json,
): Json {
  const properties = Object.fromEntries(
    Object.entries(options === undefined ? {} : (schemaOf(options).properties as Record<string, Json>)).map(
      ([name, schema]) => [underscored(name), schema],
    ),
  );
  const content = answer === null ? { "text/plain": {} } : jsonOf(isList ? listOf(schemaOf(answer)) : schemaOf(answer));
  const responses = { [verb === "post" ? "201" : "200"]: { description: "", content } };
  if (verb === "get") {
    const number = { type: "integer" };
    const query: Record<string, Json> = { ...properties, ...(isList && { page: number, per_page: number }) };
    const parameters = Object.entries(query).map(([name, schema]) => ({
      name,
      in: "query",
      schema: oneOrMore(schema),
    }));
    return { parameters, responses };
  }
  const required = Object.keys(body ?? {}).map(underscored);
  const given = Object.fromEntries(required.map((name) => [name, properties[name] ?? { type: "string" }]));
  const schema = {
    type: "object",
    properties: { ...properties, ...given },
    // GitLab ignores what it does not know, and so would Banyan's mistake be.
    additionalProperties: false,
    ...(required.length > 0 && { required }),
  };
  return { parameters: [], requestBody: { content: jsonOf(schema) }, responses };
}

const jsonOf = (schema: Json) => ({ "application/json": { schema } });
const listOf = (items: Json): Json => ({ type: "array", items });
/** GitLab takes an entry for a list of one. */
const oneOrMore = (schema: Json): Json => (schema.type === "array" ? { anyOf: [schema.items, schema] } : schema);
const underscored = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
