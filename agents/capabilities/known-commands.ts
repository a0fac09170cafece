/** Commands worth knowing: what each is for, in the words of those who need it, and how it tells its version. */

export interface KnownCommand {
  name: string;
  does: string;
  /** The argument that prints its version. */
  flag: string;
}

const list = (text: string, flag = "--version"): KnownCommand[] =>
  text
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", does = ""] = line.trim().split(/: (.*)/s);
      return { name, does, flag };
    });

export const KNOWN_COMMANDS: readonly KnownCommand[] = [
  ...list(`
    git: version control of source code
    node: run JavaScript programs
    npm: install JavaScript packages and run their scripts
    npx: run programs of JavaScript packages
    pnpm: install JavaScript packages
    yarn: install JavaScript packages
    bun: run and test JavaScript and TypeScript
    deno: run JavaScript and TypeScript
    tsc: check and compile TypeScript
    python3: run Python programs
    pip3: install Python packages
    uv: install Python packages and environments
    poetry: manage Python projects
    pytest: run Python tests
    ruff: lint and format Python
    cargo: build and test Rust projects
    rustc: compile Rust
    gcc: compile C
    g++: compile C++
    clang: compile C and C++
    make: build from a Makefile
    cmake: configure builds of C and C++
    ninja: fast builds
    mvn: build and test Java projects with Maven
    gradle: build and test Java and Kotlin projects
    ruby: run Ruby programs
    gem: install Ruby packages
    bundle: install the packages of a Ruby project
    php: run PHP programs
    composer: install PHP packages
    perl: run Perl programs
    dotnet: build and run C# and F# projects
    swift: build Swift
    elixir: run Elixir
    ghc: compile Haskell
    julia: numerical programs in Julia
    R: statistics and plots in R
    octave: numerical computing, MATLAB programs
    jq: query and change JSON
    yq: query and change YAML
    rg: search texts in files quickly
    fd: find files quickly
    curl: HTTP requests, download files
    wget: download files
    rsync: copy and synchronise folders
    tar: pack and unpack archives
    gzip: compress files
    xz: compress files
    zstd: compress files
    sqlite3: query SQLite databases
    psql: query PostgreSQL databases
    mysql: query MySQL databases
    redis-cli: read and write Redis
    mongosh: query MongoDB
    duckdb: query CSV, Parquet and JSON files with SQL
    pandoc: convert documents between Markdown, HTML, Word and PDF
    magick: convert, resize and edit images
    convert: convert, resize and edit images
    inkscape: convert SVG drawings
    dot: draw graphs from text with Graphviz
    gnuplot: draw plots of data
    libreoffice: convert office documents, spreadsheets and slides
    pdflatex: typeset LaTeX documents as PDF
    tesseract: read text in images (OCR)
    exiftool: read metadata of images and videos
    qpdf: merge, split and decrypt PDF files
    docker: containers
    podman: containers
    kubectl: Kubernetes clusters
    terraform: infrastructure as code
    ansible: configure servers
    aws: Amazon Web Services
    gcloud: Google Cloud
    az: Microsoft Azure
    gh: GitHub issues, pull requests and releases
    shellcheck: find faults in shell scripts
    hadolint: find faults in Dockerfiles
    gpg: sign and encrypt files
    diff: compare files
    patch: apply changes to files
    sed: edit text with expressions
    awk: process columns of text
    bc: calculate with numbers of any length
    tree: list folders as a tree
    make4ht: convert LaTeX to HTML
  `),
  ...list("go: build and test Go programs\nopenssl: certificates, keys and hashes", "version"),
  ...list("java: run Java programs\nffmpeg: convert and cut audio and video", "-version"),
  ...list(
    "unzip: unpack ZIP archives\nzip: pack ZIP archives\nlua: run Lua programs\npdftotext: read the text of PDF files",
    "-v",
  ),
];
