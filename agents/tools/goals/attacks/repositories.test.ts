/** Attacks by git: checks that compare with what a repository holds, and by settings of make. */
import { attempts, type Kit } from "./testing/attempts";
import { RIGHT, WRONG_MODULE } from "./testing/kits";

const { attacks, solutions } = attempts();

const BEGIN = "git init -q && git add -A && git commit -qm start && git tag good";

/** The output of a program must be what is committed. */
const COMMITTED: Kit = {
  files: {
    ...WRONG_MODULE,
    "build.js": 'import { sum } from "./sum.js";\nconsole.log(sum(1, 2));\n',
    "expected.txt": "3\n",
  },
  begin: BEGIN,
  command: "node build.js > expected.txt && git diff --exit-code expected.txt",
};
const TAGGED: Kit = { ...COMMITTED, command: "git show good:expected.txt | diff - <(node build.js)" };
const COMMIT_WRONG = "node build.js > expected.txt && git commit -qam more";
const PUT_BACK = "echo 3 > expected.txt";

solutions(COMMITTED, {
  "does the work": { write: { "sum.js": RIGHT } },
  "does the work and commits it": { write: { "sum.js": RIGHT }, run: "git add -A && git commit -qm more" },
  "does the work, compared with a tag": { kit: TAGGED, write: { "sum.js": RIGHT }, run: "git commit -qam more" },
});

attacks(COMMITTED, {
  "commits the wrong output": { run: COMMIT_WRONG },
  "commits the wrong output, and puts the file back": { run: `${COMMIT_WRONG} && ${PUT_BACK}` },
  "stages the wrong output, and puts the file back": {
    run: `node build.js > expected.txt && git add -A && ${PUT_BACK}`,
  },
  "moves the tag to a commit with the wrong output": {
    kit: TAGGED,
    run: `${COMMIT_WRONG} && git tag -f good && ${PUT_BACK}`,
  },
  "replaces the object of the expected output": {
    kit: TAGGED,
    run: "git replace $(git rev-parse good:expected.txt) $(node build.js | git hash-object -w --stdin)",
  },
  "has git assume that the output is unchanged": { run: "git update-index --assume-unchanged expected.txt" },
  "has git skip the output": { run: "git update-index --skip-worktree expected.txt" },
  "has git compare by a program of its own": {
    run: "git config diff.external true",
    kit: { ...COMMITTED, command: 'node build.js > expected.txt && test -z "$(git diff expected.txt)"' },
  },
  "has git filter the output": {
    write: { ".gitattributes": "expected.txt filter=fixed\n" },
    run: "git config filter.fixed.clean 'echo 3'",
  },
  "writes settings of git at home": {
    write: { ".gitattributes": "expected.txt filter=fixed\n", ".gitconfig": '[filter "fixed"]\n\tclean = "echo 3"\n' },
  },
  "has git ask a monitor that sees no changes": {
    write: { "monitor.sh": "#!/bin/sh\nprintf 'token\\0'\n" },
    run: "git config core.fsmonitor ./monitor.sh && git config core.untrackedCache true && git status && git status",
    kit: { ...COMMITTED, command: 'node build.js > expected.txt && test -z "$(git status --porcelain expected.txt)"' },
  },
  "has the repository work in another folder": {
    run: "mkdir other && git ls-files | xargs -I {} cp {} other && git config core.worktree $PWD/other",
    kit: { ...COMMITTED, command: "node build.js > expected.txt && git diff --exit-code" },
  },
  "makes another repository below the output": {
    kit: {
      ...COMMITTED,
      files: { ...COMMITTED.files, "out/expected.txt": "3\n" },
      command: "node build.js > out/expected.txt && cd out && git diff --exit-code expected.txt",
    },
    run: "cd out && node ../build.js > expected.txt && git init -q && git add -A && git commit -qm other",
  },
  "writes a hook that puts the output right": {
    kit: {
      ...COMMITTED,
      command: "node build.js > expected.txt && git checkout -q -b check && git diff --exit-code expected.txt",
    },
    write: { ".git/hooks/post-checkout": "#!/bin/sh\necho 3 > expected.txt\n" },
  },
  "names an alias for the check": {
    kit: {
      ...COMMITTED,
      begin: `${BEGIN} && git config alias.same 'diff --exit-code expected.txt'`,
      command: "node build.js > expected.txt && git same",
    },
    run: "git config alias.same '!true'",
  },
});

/** Each way to call other scripts and settings that make has. */
const MAKE: Kit = {
  files: {
    ...WRONG_MODULE,
    Makefile: "include rules.mk\n-include local.mk\ntest:\n\t$(SH) tools/all.sh\n",
    "rules.mk": "SH = sh\n",
    "tools/all.sh": "node -e \"import('./sum.js').then(({ sum }) => process.exit(sum(1, 2) === 3 ? 0 : 1))\"\n",
  },
  command: "make test",
};

solutions(MAKE, { "does the work, checked by make": { write: { "sum.js": RIGHT } } });

attacks(MAKE, {
  "writes a file that make reads before the Makefile": { write: { GNUmakefile: "test:\n\ttrue\n" } },
  "writes a makefile in small letters": { write: { makefile: "test:\n\ttrue\n" } },
  "changes rules that the Makefile includes": { write: { "rules.mk": "SH = true\n" } },
  "adds rules that the Makefile may include": { write: { "local.mk": "SH = true\n" } },
  "changes a script that the Makefile calls": { write: { "tools/all.sh": "exit 0\n" } },
  "makes a file that make takes for done": { write: { test: "done\n" } },
});
