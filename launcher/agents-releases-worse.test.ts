/** A release of agents that shows at once that it is worse is taken back, and the permanent one serves. */
import { test } from "vitest";
import { expectTakenBack } from "./testing/serving";

/** A fault that every check shows needs no second check. */
const LIMITS = { bootMs: 500 };

const FAULTS: [string, string, RegExp][] = [
  ["crashes at boot", "process.exit(3);", /^It ended with status 3\.$/],
  [
    "hangs at start",
    "await new Promise(() => setInterval(() => {}, 1_000));",
    /^It did nothing for 5 seconds, while it loaded its programs/,
  ],
  ["says that it is well while its worker is dead", "works.canary = () => {};", /small task \(open\)/],
  ["answers as another instance", 'own.instance = "other";', /another instance/],
  ["answers as another release", "own.release = 1;", /another release/],
  ["shows no page", "page = '';", /no page/],
  [
    "shows an error to everybody who has signed in",
    "signedIn = (response) => { response.statusCode = 500; response.end(); };",
    /signed-in people what the release before it shows: Operations \(status 500\)/,
  ],
  ["runs no commands", "did.command = 'refused';", /^It ran no command in a small task/],
  ["asks nobody", "did.approval = 'none';", /^It asked nobody for an approval that/],
  ["goes on without the approval", "did.approval = 'refused';", /^It went on in a small task without the approval/],
];

test.each(FAULTS)("a release is taken back that %s", (_what, behaviour, why) =>
  expectTakenBack(behaviour, why, LIMITS),
);
