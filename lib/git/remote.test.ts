import { expect, test } from "vitest";
import { WorkspaceError } from "../workspace/path";
import { PushRefused, remoteFailure } from "./remote";
import { GitError } from "./run";

test("a push that a host refuses by its rules is told apart from its faults and from a branch that moved on", () => {
  const failure = (said: string) => remoteFailure(new GitError("git failed", said), "https://forge.test/a.git");
  const rejected = (why: string) => failure(` ! [remote rejected] x -> x (${why})\nerror: failed to push some refs`);
  expect(rejected("pre-receive hook declined")).toMatchObject({
    name: "PushRefused",
    message: '"https://forge.test/a.git" refused the push (pre-receive hook declined).',
  });
  expect(rejected("refusing to allow a token to update workflow `x.yml`")).toBeInstanceOf(PushRefused);
  const passing = [
    rejected("failed to update ref"),
    rejected("unpacker error"),
    failure(" ! [rejected] x -> x (stale info)"),
    failure("fatal: unable to access: The requested URL returned error: 503"),
  ];
  for (const one of passing) {
    expect(one).toBeInstanceOf(WorkspaceError);
    expect(one).not.toBeInstanceOf(PushRefused);
  }
});
