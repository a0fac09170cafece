/** Finds files that other programs run, or take orders from, without asking. Pure. */

/** Patterns of paths below the folder, with "/" between names, and who runs them when. Case is ignored, as in some file systems. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)\.envrc$/, "direnv, when somebody enters the folder"],
  [/(^|\/)\.?mise(\.[^/]+)?\.toml$|(^|\/)\.config\/mise(\/|\.toml$)/, "mise, when somebody enters the folder"],
  [
    /(^|\/)\.vscode\/(tasks|settings|launch|extensions)\.json$|\.code-workspace$/,
    "the editor, when somebody opens the folder",
  ],
  [/(^|\/)\.(idea|fleet|zed|cursor|devcontainer)\//, "the editor, when somebody opens the folder"],
  [/(^|\/)\.devcontainer\.json$/, "the editor, when somebody opens the folder"],
  [/(^|\/)\.(vimrc|nvimrc|exrc|nvim\.lua|dir-locals\.el)$/, "the editor, when somebody opens the folder"],
  [/(^|\/)package\.json$/, "npm, which runs its scripts at an install"],
  [/\.gypi?$/, "npm, which builds native code at an install"],
  [
    /(^|\/)(\.npmrc|\.yarnrc(\.yml)?|\.pnpmfile\.cjs|pnpm-workspace\.yaml|bunfig\.toml)$|(^|\/)\.yarn\//,
    "npm and its like, at an install",
  ],
  [
    /(^|\/)(setup\.py|setup\.cfg|pyproject\.toml|conftest\.py|sitecustomize\.py|[^/]+\.pth)$/,
    "Python, at an install or a test",
  ],
  [/(^|\/)(build\.rs|\.cargo\/config(\.toml)?|rust-toolchain(\.toml)?)$/, "cargo, at a build"],
  [
    /(^|\/)(\.husky\/|\.githooks\/|lefthook\.ya?ml$|\.lefthook\.ya?ml$|\.pre-commit-config\.yaml$)/,
    "git's hooks, at a commit",
  ],
  [/(^|\/)(\.gitmodules|\.gitattributes|\.gitconfig)$|(^|\/)\.git(\/|$)/, "git"],
  [
    // Also of a repository beside others in one folder.
    /^([^/]+\/)?(\.github\/(workflows|actions)\/|\.gitlab-ci\.ya?ml|\.circleci\/|Jenkinsfile|azure-pipelines\.ya?ml)/,
    "the build server, after a push",
  ],
  [
    /(^|\/)\.(bashrc|bash_profile|bash_login|profile|zshrc|zshenv|zprofile|zlogin|inputrc)$/,
    "the shell, when somebody signs in",
  ],
  [
    /(^|\/)\.(claude|codex|gemini|aider[^/]*)(\/|$)|(^|\/)\.mcp\.json$/,
    "agents of other programs, when somebody opens the folder",
  ],
];

/** Returns who runs the file and when; null when no known program does. */
export function runBy(path: string): string | null {
  for (const [pattern, who] of KNOWN) if (new RegExp(pattern, "i").test(path)) return who;
  return null;
}
