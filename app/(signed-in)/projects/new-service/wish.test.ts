import { expect, test } from "vitest";
import type { ListedBlueprint, ListedVariable } from "@/core/shapes/services/blueprints";
import { choiceOf, EMPTY_WISH, inputOf, kindFault, OWN, textOf, variablesOf, type Wish } from "./wish";

const port: ListedVariable = {
  name: "port",
  summary: "Its port.",
  type: "integer",
  default: 8080,
  least: 1,
  most: 65535,
};
const region: ListedVariable = {
  name: "region",
  summary: "Where.",
  type: "choice",
  default: "eu",
  choices: ["eu", "us"],
};
const registry: ListedVariable = {
  name: "registry",
  summary: "Images.",
  type: "text",
  default: "r.example",
  most: 200,
};
const api: ListedBlueprint = {
  name: "rest-api",
  summary: "An API.",
  from: "document",
  variables: [port],
  parts: [
    { name: "docker", summary: "An image.", variables: [] },
    { name: "kubernetes", summary: "A cluster.", variables: [registry, region, { ...port, summary: "Another." }] },
  ],
};
const cli: ListedBlueprint = { ...api, name: "cli", from: "nothing", variables: [], parts: [] };
const wish = (fields: Partial<Wish>): Wish => ({ ...EMPTY_WISH, folder: " /srv/shop ", ...fields });

test("the variables are those of the blueprint and of its chosen parts; the blueprint's own count more", () => {
  expect(variablesOf(wish({}), api)).toEqual([port]);
  expect(variablesOf(wish({ parts: ["kubernetes"] }), api)).toEqual([port, registry, region]);
});

test("what was typed is sent as the kind of its variable, and what was not typed as its default", () => {
  const typed = wish({ parts: ["kubernetes", "sqlite"], variables: { port: " 3000", registry: "12", region: "moon" } });
  expect(inputOf(typed, api, false)).toEqual({
    workspace: "/srv/shop",
    blueprint: "rest-api",
    with: ["kubernetes"],
    variables: { port: 3000, registry: "12", region: "eu" },
  });
  // The server says what is wrong with these.
  expect(inputOf(wish({ variables: { port: "many" } }), api, false).variables).toEqual({ port: "many" });
  expect(inputOf(wish({ variables: { port: "" } }), api, false).variables).toEqual({ port: "" });
});

test("parts and variables of another blueprint are kept for it, and not sent", () => {
  const switched = wish({ way: "nothing", parts: ["docker"], variables: { port: "3000" }, name: "x" });
  expect(inputOf(switched, cli, false)).toEqual({
    workspace: "/srv/shop",
    blueprint: "cli",
    with: [],
    variables: {},
    name: "x",
  });
  expect(textOf(port, switched.variables.port)).toBe("3000");
});

test("each kind of source has a choice of its own, and a folder is sent in place of a name", () => {
  const own = wish({ blueprints: { document: OWN, nothing: "" }, ownFolder: " /srv/mine " });
  expect(choiceOf(own, [api])).toBe(OWN);
  expect(choiceOf({ ...own, way: "nothing" }, [cli])).toBe("cli");
  expect(inputOf(own, api, true).blueprint).toBe("/srv/mine");
});

test("a blueprint for another kind of source says where to choose it", () => {
  expect(kindFault(api, "requirements")).toBe(null);
  expect(kindFault(cli, "openapi")).toContain("choose “Starting point”");
  expect(kindFault(api, "nothing")).toContain("made from a document");
});
