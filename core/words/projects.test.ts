import { expect, test } from "vitest";
import type { ForgeKind } from "@/core/shapes/forges";
import type { ProjectRepository } from "@/core/shapes/projects";
import {
  forgeOfAddress,
  forgeWords,
  issueName,
  jiraProjectOf,
  pageOfForge,
  projectSentence,
  pullNamed,
  pullWord,
  statusOfProject,
} from "./projects";

test("a forge is called by its name or its host, and a folder has none", () => {
  const known = { name: "GitHub", kind: "github", secret: "git/github.com" };
  expect(forgeOfAddress("https://github.com/acme/widgets.git")).toEqual(known);
  expect(forgeOfAddress("git@github.com:acme/widgets")).toEqual(known);
  expect(forgeOfAddress("http://code.test:3000/acme/widgets")).toEqual({
    name: "code.test:3000",
    kind: null,
    secret: "git/code.test_3000",
  });
  for (const address of ["/srv/shop", "banyan:sample", "shop"]) expect(forgeOfAddress(address)).toBeNull();
});

test("a change is named as people of its forge name it", () => {
  expect(pullNamed("github", 12)).toBe("pull request #12");
  expect(pullNamed("gitlab", 12)).toBe("merge request !12");
  expect(pullNamed(null, 12)).toBe("pull or merge request 12");
  expect(["github", "gitea", "gitlab", null].map((kind) => pullWord(kind as ForgeKind | null))).toEqual([
    "Pull request",
    "Pull request",
    "Merge request",
    "Pull or merge request",
  ]);
  expect(forgeWords(forgeOfAddress("https://gitlab.com/acme/tools/widgets")?.kind ?? null).pull).toBe("merge request");
});

test("only a page of the linked host becomes a link", () => {
  const page = "https://github.com/acme/widgets/issues/1";
  expect(pageOfForge(page, "github.com")).toBe(page);
  expect(pageOfForge("http://127.0.0.1:3000/a/b/issues/1", "127.0.0.1:3000")).toBe(
    "http://127.0.0.1:3000/a/b/issues/1",
  );
  for (const address of [
    "https://evil.test/acme/widgets/issues/1",
    "https://github.com.evil.test/",
    "https://github.com@evil.test/",
    "https://github.com:password@github.com/",
    "https://somebody@github.com/",
    "javascript:alert(1)//github.com/",
    "ftp://github.com/acme",
    "//github.com/acme",
    "",
  ])
    expect(pageOfForge(address, "github.com")).toBeNull();
  expect(pageOfForge(page, null)).toBeNull();
});

test("the address of a project of Jira names its site and its key, and its issues are called by it", () => {
  const acme = { host: "acme.atlassian.net", url: "https://acme.atlassian.net", key: "ACME" };
  for (const path of [
    "browse/ACME",
    "browse/ACME-12",
    "projects/ACME/issues",
    "jira/software/projects/ACME/boards/1",
    "jira/software/c/projects/ACME/issues",
  ])
    expect(jiraProjectOf(`https://acme.atlassian.net/${path}?x=1`)).toEqual(acme);
  for (const address of [
    "https://acme.atlassian.net",
    "https://acme.atlassian.net/browse/acme",
    "https://acme.atlassian.net/wiki/ACME",
    "https://ann:token@acme.atlassian.net/browse/ACME",
    "ftp://acme.atlassian.net/browse/ACME",
    "ACME",
  ])
    expect(jiraProjectOf(address)).toBeNull();
  expect([issueName(acme, 12), issueName(null, 12)]).toEqual(["ACME-12", "#12"]);
});

test("a project says which check waits for a person, of its own repository or of a further one", () => {
  const check = { command: "npm test", by: "ann", at: "" };
  const found = {
    checks: [{ command: "npm test", from: "package.json" }],
    setup: null,
    kinds: [],
    is_git: true,
    is_empty: false,
  };
  const figures = { days: 30, trees: 1, running: 1, failed: 0, cost_usd: 0 };
  const shared = { address: "/shop", branch: null, check, setup: null, found, needs: [], outside: null };
  const own: ProjectRepository = { ...shared, folder: "shop", is_own: true };
  const lib: ProjectRepository = { ...shared, folder: "lib", is_own: false };
  const of = (repositories: ProjectRepository[]) => ({ check, found, figures, repositories });
  expect([of([own]), of([lib, own])].map(projectSentence)).toEqual(["1 tree runs.", "1 tree runs."]);
  const waiting = of([{ ...lib, check: null }, own]);
  expect([projectSentence(waiting), statusOfProject(waiting)]).toEqual([
    "The check of lib waits for your word. 1 tree runs.",
    "you",
  ]);
  const without = of([{ ...lib, check: null, found: { ...found, checks: [] } }, own]);
  expect(statusOfProject(without)).toBe("running");
});
