import { expect, test } from "vitest";
import { forcePushIn } from "./force-push";

const of = (command: string) => {
  const push = forcePushIn({ command });
  return push && [push.folder, push.remote, push.source, push.branch];
};

test.each([
  ["git push --force origin main", [null, "origin", "main", "main"]],
  ["git push -f", [null, null, null, null]],
  ["git push -uf origin HEAD", [null, "origin", "HEAD", null]],
  ["git push origin +main", [null, "origin", "main", "main"]],
  ["git push --force-with-lease origin HEAD:refs/heads/topic/one", [null, "origin", "HEAD", "topic/one"]],
  ["git push --force https://git.example/shop.git a:b", [null, "https://git.example/shop.git", "a", "b"]],
  ["cd app && git push -f origin main", ["app", "origin", "main", "main"]],
  ["git push --force origin main # as asked", [null, "origin", "main", "main"]],
  ["git -C app push -f origin main", ["app", "origin", "main", "main"]],
])("%s", (command, told) => {
  expect(of(command)).toEqual(told);
});

test.each([
  "git push origin main",
  "git push --force --mirror origin",
  "git push --force --all",
  "git push --force origin main topic",
  "git push --force origin $BRANCH",
  "git push --force $REMOTE main",
  "git push --force origin :main",
  "git push --force origin 'refs/heads/*:refs/heads/*'",
  "git push --force origin main:refs/tags/v1",
  "git -c remote.origin.url=https://evil.example push --force origin main",
  "git commit --amend && git push --force origin main",
  "cd app && cd .. && git push --force",
  "cd ~ && git push --force",
  "sudo git push --force",
  "echo git push --force",
  "git push --force origin main # ok\nrm -rf /",
  'git push --force origin main "$(rm -rf /)"',
  "git push --force origin > main",
  "git push --force origin main <<EOF\nEOF",
  "",
])("nothing is said about %s", (command) => {
  expect(of(command)).toBeNull();
});

test.each([
  "(cd decoy); git push -f origin main",
  "(cd decoy) && git push -f origin main",
  "cd decoy | git push -f origin main",
  "cd decoy & git push -f origin main",
  "cd decoy || git push -f origin main",
])("whose folder is not that of the push, it is not known: %s", (command) => {
  expect(forcePushIn({ command })).toBe(null);
});

test.each(["cd a && git push -f origin main", "cd 'a' && git push -f origin main", "cd a; git push -f origin main"])(
  "a folder that the shell is in counts: %s",
  (command) => {
    expect(forcePushIn({ command })).toMatchObject({ folder: "a", branch: "main" });
  },
);
