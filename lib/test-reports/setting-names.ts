/** Names of files that decide how code is built, checked and run, by the customs of languages and tools. */
import { wordsOf } from "./test-names";

/** Whole names, in small letters. */
const RUN_NAMES = new Set([
  // Builds
  "makefile",
  "gnumakefile",
  "bsdmakefile",
  "justfile",
  ".justfile",
  "rakefile",
  "build.rs",
  "build.xml",
  "pom.xml",
  "gradle.properties",
  "gradlew",
  "gradlew.bat",
  "mvnw",
  "mvnw.cmd",
  "build.sbt",
  "project.clj",
  "deps.edn",
  "mix.exs",
  "mix.lock",
  "rebar.config",
  "rebar.lock",
  "cmakelists.txt",
  "cmakepresets.json",
  "meson.build",
  "build.bazel",
  "workspace.bazel",
  "module.bazel",
  "package.swift",
  "package.resolved",
  "nx.json",
  "turbo.json",
  "lerna.json",
  "project.json",
  "sconstruct",
  "dune-project",
  "stack.yaml",
  "cabal.project",
  "build.zig",
  "build.zig.zon",
  "dune",
  "dune-workspace",
  "foundry.toml",
  "truffle-config.js",
  "project.toml",
  "manifest.toml",
  "pubspec.yaml",
  "analysis_options.yaml",
  "shard.yml",
  "dub.json",
  "dub.sdl",
  "gleam.toml",
  "elm.json",
  "cpanfile",
  "dist.ini",
  "makefile.pl",
  "build.pl",
  "vcpkg.json",
  "conanfile.txt",
  "conanfile.py",
  "shell.nix",
  // Packages, versions and environments
  "cargo.toml",
  "cargo.lock",
  "go.mod",
  "go.sum",
  "go.work",
  "go.work.sum",
  "gemfile",
  "gemfile.lock",
  "composer.json",
  "composer.lock",
  "pipfile",
  "pipfile.lock",
  "poetry.lock",
  "uv.lock",
  "pdm.lock",
  "podfile",
  "podfile.lock",
  "pnpm-workspace.yaml",
  ".pnpmfile.cjs",
  "nuget.config",
  "global.json",
  "packages.lock.json",
  "deno.json",
  "deno.jsonc",
  "deno.lock",
  "bunfig.toml",
  ".python-version",
  ".node-version",
  ".ruby-version",
  ".java-version",
  ".tool-versions",
  "mise.toml",
  ".mise.toml",
  ".envrc",
  "rust-toolchain",
  "rust-toolchain.toml",
  ".editorconfig",
  // Runners, compilers and linters
  "pyproject.toml",
  "setup.py",
  "setup.cfg",
  "tox.ini",
  "pytest.ini",
  ".pytest.ini",
  "noxfile.py",
  "mypy.ini",
  ".mypy.ini",
  "ruff.toml",
  ".ruff.toml",
  ".flake8",
  "pyrightconfig.json",
  ".rspec",
  "clippy.toml",
  ".clippy.toml",
  "rustfmt.toml",
  ".rustfmt.toml",
  "nextest.toml",
  "phpunit.xml",
  "phpunit.xml.dist",
  "phpstan.neon",
  "psalm.xml",
  "wallaby.js",
  "nodemon.json",
  ".eslintignore",
  ".prettierignore",
  "biome.json",
  "biome.jsonc",
  ".golangci.yml",
  ".golangci.yaml",
  ".rubocop.yml",
  "testng.xml",
  "codecov.yml",
  ".codecov.yml",
]);

/** Further forms of names, in small letters. */
const RUN_FORMS: readonly RegExp[] = [
  /^\..+rc(\.(jsonc?|json5|[cm]?[jt]s|ya?ml|toml))?$/,
  /\.(config|conf|workspace)\.([cm]?[jt]sx?|jsonc?)$/,
  /^(ts|js)config[\w.-]*\.json$/,
  /^\.(yarnrc|pnp)(\.|$)/,
  /^(gulp|grunt|task)file\.[^.]+$/,
  /^(build|settings|init)\.gradle(\.kts)?$|^directory\.[\w.]+\.(props|targets)$/,
  /\.(mk|cmake|bzl|pth|runsettings|gypi?|(cs|fs|vb)proj|slnx?|gemspec|cabal|opam|nimble|rockspec|asd)$/,
  // Lock files; those of npm, Yarn and pnpm change with every package that work adds.
  /^(?!(package-lock\.json|pnpm-lock\.yaml|yarn\.lock)$).*([.-]lock\.(json|ya?ml|toml|hcl)|\.lock)$/,
  /^(requirements|constraints)[\w.-]*\.txt$|^environment\.ya?ml$/,
];

/** Files of the environment. A sample, such as `.env.example`, is read by people only. */
const ENVIRONMENT = /^\.env($|[.-])(?!(.*[.-])?(example|sample|template|dist)$)/;

/** Folders of settings and of installed packages, wherever they lie. */
const RUN_FOLDERS = new Set([".cargo", ".mvn", ".yarn", "node_modules", ".venv", "venv", "site-packages", ".bundle"]);

/** Runners by name: `jest.setup.ts`, `setup-vitest.js`. In Python a file of this name replaces the runner. */
const RUNNERS = new Set(["vitest", "jest", "mocha", "jasmine", "karma", "ava", "playwright", "pytest", "phpunit"]);
const CODE_OR_DATA = /\.([cm]?[jt]sx?|jsonc?|ya?ml|toml|py|php|ini|xml)$/;
/** Modules of Python's runners, which a file or folder at the top of the repository would replace. */
const SHADOWS = new Set([
  "pytest",
  "_pytest",
  "unittest",
  "doctest",
  "nose",
  "nose2",
  "pluggy",
  "coverage",
  "hypothesis",
]);
/** Python runs these at its start, wherever its path finds them. */
const AT_START = /^(site|user)customize\.py$/;

/** Whether a path decides how tests run, how code is compiled, or which packages it finds. */
export function decidesRuns(path: string): boolean {
  const folders = path.toLowerCase().split("/");
  const name = folders.pop() ?? "";
  if (RUN_NAMES.has(name) || ENVIRONMENT.test(name) || [...folders, name].some((folder) => RUN_FOLDERS.has(folder)))
    return true;
  if (RUN_FORMS.some((form) => form.test(name)) || isShadow(folders, name)) return true;
  const words = CODE_OR_DATA.test(name) ? wordsOf(name.slice(0, name.lastIndexOf("."))) : [];
  return RUNNERS.has(words[0] ?? "") || RUNNERS.has(words.at(-1) ?? "");
}

function isShadow(folders: readonly string[], name: string): boolean {
  if (!name.endsWith(".py")) return false;
  const [top = name.slice(0, -".py".length)] = folders[0] === "src" ? folders.slice(1) : folders;
  return SHADOWS.has(top) || AT_START.test(name);
}

const BUILD_NAMES = new Set([
  "jenkinsfile",
  ".gitlab-ci.yml",
  ".travis.yml",
  "azure-pipelines.yml",
  "bitbucket-pipelines.yml",
  "appveyor.yml",
  "lefthook.yml",
  ".lefthook.yml",
  ".pre-commit-config.yaml",
  "procfile",
  "vagrantfile",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
  "bun.lockb",
]);
const BUILD_FORMS = /^(docker|container)file(\.|$)|\.dockerfile$|^(docker-)?compose[\w.-]*\.ya?ml$/;
/** Endings of scripts that a shell runs. */
const SHELL = /\.(sh|bash|zsh|fish|bat|cmd|ps1)$/;
const BUILD_FOLDERS = new Set([
  ".github",
  ".gitlab",
  ".circleci",
  ".buildkite",
  ".husky",
  ".githooks",
  ".git-hooks",
  ".devcontainer",
  ".vscode",
  ".banyan",
]);
/** Folders of programs, where they lie at the top of a repository or of one of its packages. */
const PROGRAM_FOLDERS = new Set(["scripts", "script", "tools", "bin", "ci", "hooks", "patches"]);
const WORKSPACES = new Set(["packages", "apps", "libs", "crates", "services", "modules", "plugins"]);

/**
 * Whether a path is a program or a setting of builds, deliveries and hooks, or a lock file of JavaScript's packages.
 * Tests run with it only where a command names it, and `bin` may be what a repository is about.
 */
export function isBuildPart(path: string): boolean {
  return isBuildName(path) || isInProgramFolderOf(path);
}

function isBuildName(path: string): boolean {
  const folders = path.toLowerCase().split("/");
  const name = folders.pop() ?? "";
  if (BUILD_NAMES.has(name) || BUILD_FORMS.test(name) || SHELL.test(name)) return true;
  return folders.some((folder) => BUILD_FOLDERS.has(folder));
}

function isInProgramFolderOf(path: string): boolean {
  const folders = path.toLowerCase().split("/").slice(0, -1);
  const top = WORKSPACES.has(folders[0] ?? "") ? folders[2] : folders[0];
  return PROGRAM_FOLDERS.has(top ?? "");
}

/** Whether a path is on the side of builds only because of its folder, such as `bin`. */
export function isInProgramFolder(path: string): boolean {
  return isInProgramFolderOf(path) && !isBuildName(path) && !decidesRuns(path);
}

/** Whether the first word of a setting's name is a runner's: `vitest.config.ts`. */
export function isOfTool(name: string): boolean {
  return RUNNERS.has(wordsOf(name)[0] ?? "");
}
