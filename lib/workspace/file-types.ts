import { WorkspaceError } from "./path";

/** File types by name, with the patterns of ripgrep's types of the same name. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  c: ["*.c", "*.h", "*.H", "*.cats"],
  clojure: ["*.clj", "*.cljc", "*.cljs", "*.cljx"],
  cpp: ["*.cpp", "*.cc", "*.cxx", "*.C", "*.hpp", "*.hh", "*.hxx", "*.h", "*.inl"],
  cs: ["*.cs"],
  css: ["*.css", "*.scss"],
  csv: ["*.csv"],
  dart: ["*.dart"],
  docker: ["*Dockerfile*"],
  elixir: ["*.ex", "*.eex", "*.exs", "*.heex"],
  go: ["*.go"],
  graphql: ["*.graphql", "*.graphqls"],
  haskell: ["*.hs", "*.lhs", "*.cpphs", "*.c2hs"],
  html: ["*.htm", "*.html", "*.ejs"],
  java: ["*.java", "*.jsp", "*.jspx", "*.properties"],
  js: ["*.js", "*.jsx", "*.vue", "*.cjs", "*.mjs"],
  json: ["*.json", "composer.lock", "*.sarif"],
  kotlin: ["*.kt", "*.kts"],
  less: ["*.less"],
  lua: ["*.lua"],
  make: ["[Mm]akefile", "GNUmakefile", "Makefile.am", "Makefile.in", "*.mk", "*.mak"],
  markdown: ["*.markdown", "*.md", "*.mdown", "*.mdwn", "*.mkd", "*.mkdn", "*.mdx"],
  md: ["*.markdown", "*.md", "*.mdown", "*.mdwn", "*.mkd", "*.mkdn", "*.mdx"],
  php: ["*.php", "*.php3", "*.php4", "*.php5", "*.php7", "*.php8", "*.pht", "*.phtml"],
  protobuf: ["*.proto"],
  py: ["*.py", "*.pyi"],
  python: ["*.py", "*.pyi"],
  r: ["*.R", "*.r", "*.Rmd", "*.Rnw"],
  ruby: ["*.rb", "*.gemspec", "Gemfile", "Rakefile", "config.ru", ".irbrc"],
  rust: ["*.rs"],
  scala: ["*.scala", "*.sbt"],
  sh: ["*.sh", "*.bash", "*.zsh", "*.ksh", ".bashrc", ".profile", ".zshrc"],
  sql: ["*.sql", "*.psql"],
  svelte: ["*.svelte"],
  swift: ["*.swift"],
  toml: ["*.toml", "Cargo.lock"],
  ts: ["*.ts", "*.tsx", "*.cts", "*.mts"],
  txt: ["*.txt"],
  xml: ["*.xml", "*.xsd", "*.xsl", "*.xslt", "*.svg", "*.rng"],
  yaml: ["*.yaml", "*.yml"],
  zig: ["*.zig"],
};

/** Returns the patterns of a type. Throws a `WorkspaceError` that lists the known types. */
export function patternsOfType(type: string): readonly string[] {
  const patterns = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (patterns) return patterns;
  throw new WorkspaceError(
    `There is no file type ${JSON.stringify(type)}; use \`glob\`, or one of: ${Object.keys(TYPES).join(", ")}.`,
  );
}
