import { expect, test } from "vitest";
import { packagesInCall } from "./installs";

const of = (command: string) => packagesInCall({ command }).map(({ name, wanted }) => [name, wanted]);

test.each([
  ["npm install left-pad", [["left-pad", null]]],
  [
    "npm i -D left-pad@2.0.1 @scope/one@^3",
    [
      ["left-pad", "2.0.1"],
      ["@scope/one", "^3"],
    ],
  ],
  ["cd app && yarn add chalk@next && npm test", [["chalk", "next"]]],
  ["npx cowsay hello", [["cowsay", null]]],
  ["bash -c 'pnpm add left-pad left-pad'", [["left-pad", null]]],
  [
    "npm install left-pad # x\nnpm install evil-pkg",
    [
      ["left-pad", null],
      ["evil-pkg", null],
    ],
  ],
  ["npm install", []],
  ["npm install ./folder ../up file.tgz/x https://evil.example/x.tgz github:a/b a/b", []],
  ["npm install $NAME 'x;y'", []],
  ["npm run install left-pad", []],
  ["echo npm install left-pad", []],
])("%s", (command, named) => {
  expect(of(command)).toEqual(named);
});
