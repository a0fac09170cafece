/**
 * Takes from GitHub's own OpenAPI description what its stand-in in the tests validates its traffic with. The package
 * `@octokit/openapi` has 385 MB, so it is no dependency: unpack it somewhere (`npm pack @octokit/openapi`), then run
 * `node scripts/run-ts.mjs scripts/generators/github-openapi.ts FOLDER`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const OUT = "tests/forges/github-openapi.json";

/** What Banyan asks of GitHub. */
const ROUTES = [
  "GET /user",
  "GET /repos/{owner}/{repo}",
  "GET /repos/{owner}/{repo}/issues",
  "GET /repos/{owner}/{repo}/issues/comments",
  "GET /repos/{owner}/{repo}/issues/{issue_number}",
  "GET /repos/{owner}/{repo}/issues/{issue_number}/events",
  "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
  "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
  "GET /repos/{owner}/{repo}/pulls",
  "POST /repos/{owner}/{repo}/pulls",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}",
  "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
  "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/comments",
  "GET /repos/{owner}/{repo}/commits",
  "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
  "GET /repos/{owner}/{repo}/commits/{ref}/status",
];

type Json = Record<string, unknown>;

function main(folder: string): void {
  const whole = JSON.parse(readFileSync(join(folder, "generated", "api.github.com.json"), "utf8")) as Json;
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const paths: Record<string, Json> = {};
  for (const route of ROUTES) {
    const [method = "", path = ""] = route.split(" ");
    const { parameters, requestBody, responses } = at(whole, ["paths", path, method.toLowerCase()]) as Json;
    const operation = { parameters, ...(requestBody !== undefined && { requestBody }), responses };
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  }
  const components: Json = {};
  take(whole, paths, components);
  const from = `@octokit/openapi ${version}, MIT, Copyright (c) GitHub and contributors`;
  const document = {
    openapi: "3.0.3",
    info: { title: "GitHub, in part", version, description: from },
    paths,
    components,
  };
  writeFileSync(OUT, `${JSON.stringify(withoutWords(document))}\n`);
}

/** Copies each component that the value refers to, and those that these refer to. */
function take(whole: Json, value: unknown, components: Json): void {
  if (Array.isArray(value)) for (const item of value) take(whole, item, components);
  else if (typeof value === "object" && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      if (name !== "$ref" || typeof inner !== "string") take(whole, inner, components);
      else {
        const [kind = "", key = ""] = inner.replace("#/components/", "").split("/");
        const group = (components[kind] ?? {}) as Json;
        components[kind] = group;
        if (Object.hasOwn(group, key)) continue;
        group[key] = at(whole, ["components", kind, key]);
        take(whole, group[key], components);
      }
    }
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Json)[name], value);
}

/** Examples and descriptions validate nothing. */
function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (typeof value !== "object" || value === null) return value;
  const left = Object.entries(value).filter(
    ([name, inner]) =>
      !(["example", "examples", "externalDocs"].includes(name) || name.startsWith("x-")) &&
      !(name === "description" && typeof inner === "string" && !("openapi" in value)),
  );
  return Object.fromEntries(left.map(([name, inner]) => [name, withoutWords(inner)]));
}

main(process.argv.at(-1) ?? "");
