/**
 * A tree's attempts to see or change another tree, with every tool. A tool that is missing here fails the test: add a
 * call that uses everything that one tree may know of another, or the reason why there is nothing to try. A person
 * approves every request.
 */
import { basename } from "node:path";

/** What one tree knows of the other: everything except its canary. */
export interface Known {
  name: string;
  treeId: string;
  /** Public ids, by title. */
  tasks: Record<string, string>;
  flag: string;
  question: string;
  /** Ids of its calls; its long one has an output that was cut. */
  calls: string[];
  workspace: string;
  /** Folders of its host-side caches, and of those below them that hold git's objects. */
  cacheDir: string;
  objects: string[];
  /** The newest commit of the repository in its workspace. */
  commit: string;
  /** Ids of its background commands. */
  terminals: string[];
  /** Host process ids of its running processes. */
  pids: number[];
  port: number;
}

export interface World {
  dataDir: string;
  foreign: Known;
}

type Attempt = Record<string, unknown>;
/** Inputs of calls, made one after another, or why there is nothing to try. */
export type Attempts = ((world: World) => Attempt[]) | string;

const SERVICE = { name: "service", parts: [], variables: {} };

/** The folder for everything that an attack creates. */
export const ATTACK_FOLDER = "attack";
const in_ = (name: string) => `${ATTACK_FOLDER}/${name}`;

/** Links that the terminal creates first, so that later calls reach the other's folders and files through them. */
function links({ foreign, dataDir }: World): string {
  const link = (target: string, name: string) => `ln -sfn '${target}' ${name}`;
  const lines = [
    link(foreign.workspace, "folder"),
    link(`${foreign.workspace}/canary.txt`, "file"),
    link(`../../${basename(foreign.workspace)}`, "up"),
    link("/", "root"),
    link("/proc/self/root", "self"),
    link("/proc/self/cwd/..", "cwd"),
    link(foreign.cacheDir, "cache"),
    link(dataDir, "data"),
    ...foreign.pids.map((pid) => link(`/proc/${pid}/root/workspace`, `process-${pid}`)),
    `ln '${foreign.workspace}/canary.txt' hard; ln -P file hard-link; true`,
  ];
  return `mkdir -p ${ATTACK_FOLDER} && cd ${ATTACK_FOLDER} && { ${lines.join("; ")}; ls -la; }`;
}

/** Repositories that point to the other tree's objects, or to its whole repository. */
function repositories({ foreign }: World): string {
  const stores = [`${foreign.workspace}/.git/objects`, ...foreign.objects];
  const borrow = (name: string, how: string) =>
    `git init -q -b main ${name}; ${how}; mkdir -p ${name}/.git/refs/heads; echo ${foreign.commit} > ${name}/.git/refs/heads/main; git -C ${name} log -p`;
  return [
    `mkdir -p ${ATTACK_FOLDER}; cd ${ATTACK_FOLDER}`,
    borrow("alternates", `printf '%s\\n' ${stores.join(" ")} > alternates/.git/objects/info/alternates`),
    ...stores.map((store, at) =>
      borrow(`linked-${at}`, `rm -rf linked-${at}/.git/objects; ln -s '${store}' linked-${at}/.git/objects`),
    ),
    `mkdir -p pointed linked; echo 'gitdir: ${foreign.workspace}/.git' > pointed/.git; ln -s '${foreign.workspace}/.git' linked/.git`,
    `git -C pointed log -p; git -C linked log -p`,
    `git clone '${foreign.workspace}' cloned; git clone 'file://${foreign.workspace}/.git' cloned-too`,
    ...foreign.objects.map((store) => `git --git-dir='${store}/..' log -p`),
  ].join("\n");
}

const repositoryFolders = ({ foreign }: World) =>
  ["alternates", "pointed", "linked", ...[0, ...foreign.objects.keys()].map((at) => `linked-${at}`)].map(in_);

/** The other tree's folders, and folders that contain them. */
function folders({ foreign, dataDir }: World): string[] {
  const { workspace, cacheDir, pids } = foreign;
  return [
    workspace,
    `${workspace}/`,
    `../${basename(workspace)}`,
    `./attack/../../${basename(workspace)}`,
    "..",
    "/",
    dataDir,
    cacheDir,
    ...foreign.objects,
    `${dataDir}/workspaces`,
    `${dataDir}/snapshots`,
    "/dev/shm",
    "/tmp",
    ...["folder", "up", "self", "cwd", "cache", "data", `root${workspace}`, `self${workspace}`].map(in_),
    ...pids.flatMap((pid) => [`/proc/${pid}/root/workspace`, `/proc/${pid}/cwd`, in_(`process-${pid}`)]),
  ];
}

/** The other tree's files. */
function files(world: World): string[] {
  const { foreign, dataDir } = world;
  const inFolders = folders(world).map((folder) => `${folder.replace(/\/$/, "")}/canary.txt`);
  return [
    ...inFolders,
    ...["file", "hard", "hard-link", "data/banyan.db"].map(in_),
    `${dataDir}/banyan.db`,
    `${dataDir}/banyan.db-wal`,
    "/tmp/held",
    "/dev/shm/held",
    ...foreign.pids.flatMap((pid) => [`/proc/${pid}/environ`, `/proc/${pid}/cmdline`, `/proc/${pid}/root/tmp/held`]),
    `file://${foreign.workspace}/canary.txt`,
    `${foreign.workspace}/canary.txt\0.txt`,
  ];
}

/** A program that prints everything it can read from the other tree's sockets. */
function sockets({ foreign }: World): string {
  const addresses = [`{ path: "\\0held-${foreign.name}" }`, `{ port: ${foreign.port}, host: "127.0.0.1" }`];
  const more = [`{ path: "/tmp/held.sock" }`, `{ path: "${foreign.workspace}/held.sock" }`];
  return `for (const address of [${[...addresses, ...more].join(", ")}]) {
    const socket = require("node:net").connect(address);
    socket.on("data", (data) => console.log("answered", String(data)));
    socket.on("error", (error) => console.log(error.code));
  }`;
}

const NOT_OF_A_TREE = "What it shows is approved configuration, which is the same for every tree.";
const A_PERSON_DECIDES = "It puts something before a person, and nothing of it names a tree.";

export const ATTEMPTS: Record<string, Attempts> = {
  use_terminal: (world) => {
    const { foreign, dataDir } = world;
    const { workspace, cacheDir, pids } = foreign;
    const ofProcesses = pids.map(
      (pid) => `/proc/${pid}/environ /proc/${pid}/root/tmp/held /proc/${pid}/cwd/canary.txt`,
    );
    return [
      links(world),
      repositories(world),
      `cat '${workspace}/canary.txt' ../*/canary.txt attack/*/canary.txt attack/file attack/hard; ls -la '${workspace}' ..`,
      `ls -laR '${dataDir}' '${cacheDir}'; cat '${dataDir}'/banyan.db* | tr -dc '[:print:]' | head -c 20000`,
      `cat /tmp/* /tmp/*/* /tmp/*/*/* /dev/shm/* /run/* /mnt/* /media/* /srv/*; ls -la /tmp /dev/shm /mnt /media /srv /opt /home /root /var`,
      `cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline ${ofProcesses.join(" ")} | tr '\\0' ' '`,
      `cat /proc/[0-9]*/maps /proc/net/unix /proc/net/tcp /proc/mounts /proc/self/mountinfo | grep -i -e canary -e held`,
      `find / -xdev \\( -name '*canary*' -o -name '*held*' \\) -not -path '/proc/*' 2>/dev/null; grep -rhs canary- /workspace/attack /tmp /dev /mnt /media /srv /opt /var /etc /run`,
      `node -e '${sockets(world)}'`,
      `for f in '${workspace}' '${cacheDir}' '${dataDir}' ..; do echo planted > "$f/planted.txt"; rm -rf "$f/canary.txt"; done`,
      `mount --bind '${workspace}' /mnt; unshare -Urm ls '${workspace}'; ${pids.map((pid) => `nsenter -t ${pid} -a cat /tmp/held`).join("; ")}; true`,
      // The last attempt, because it also ends its own shell.
      `kill -9 ${pids.join(" ")}; kill -9 -1`,
    ].map((command) => ({ command, timeout_seconds: 120 }));
  },
  run_coding_agent:
    "Its programs run behind the walls of the terminal; hostile.test.ts in its folder shows what they cannot reach.",
  terminal_output: ({ foreign }) => foreign.terminals.flatMap((id) => [{ id }, { id, cursor: 0 }]),
  terminal_input: ({ foreign }) => foreign.terminals.map((id) => ({ id, text: "planted\n", close: true })),
  terminal_stop: ({ foreign }) => foreign.terminals.map((id) => ({ id })),
  server_resources:
    "Neither tree has a server to ask; servers.test.ts shows that trees with the same one are kept apart.",
  read_file: (world) => files(world).map((path) => ({ path })),
  write_file: (world) => [
    ...folders(world).map((folder) => ({ path: `${folder}/planted.txt`, content: "planted" })),
    ...["file", "hard-link"].map((name) => ({ path: in_(name), content: "planted" })),
  ],
  edit_file: (world) =>
    files(world).map((path) => ({ path, old_text: "canary", new_text: "planted", replace_all: true })),
  list_directory: (world) => folders(world).map((path) => ({ path })),
  find_files: (world) => [
    ...folders(world).map((path) => ({ path, pattern: "**/*" })),
    ...["../**/*", `${world.foreign.workspace}/**`, "attack/**/canary*", "**/*"].map((pattern) => ({ pattern })),
  ],
  search_files: (world) => [
    ...folders(world).map((path) => ({ path, pattern: "." })),
    ...files(world).map((path) => ({ path, pattern: "." })),
    ...["../**", `${world.foreign.workspace}/**`, "attack/**"].map((glob) => ({ pattern: "canary", glob })),
  ],
  measure_folder: (world) => [...folders(world), ...repositoryFolders(world)].map((path) => ({ path })),
  open_repository: (world) => [
    ...[...folders(world), ...repositoryFolders(world)].map((path) => ({ path })),
    ...[world.foreign.workspace, ...world.foreign.objects].flatMap((folder) => [
      { url: `file://${folder}`, path: "attack/stolen" },
      { url: folder, path: "attack/stolen" },
      { url: `ext::cat ${folder}/canary.txt`, path: "attack/stolen" },
      { url: `https://127.0.0.1:${world.foreign.port}${folder}`, path: "attack/stolen" },
    ]),
  ],
  check_change: () => [{ quick: true }],
  // The command runs in a copy of the tree's own workspace, behind the walls of the terminal.
  check_goal: (world) =>
    [world.foreign.workspace, ...world.foreign.objects].map((folder) => ({
      setup_command: null,
      criteria: [],
      protect: [],
      may_change: [],
      validation_command: `cat ${folder}/canary.txt; echo attack > ${folder}/attack.txt`,
    })),
  // They read and write the files of the specification in the tree's own folder; only a program names a blueprint.
  check_specification: (world) => [
    { stage: "draft", answers: {}, source: "", service: { ...SERVICE, blueprint: world.foreign.workspace } },
  ],
  make_service: (world) => [{ ...SERVICE, blueprint: world.foreign.workspace, answers: {}, source: "" }],
  change_service: (world) => [
    { service_change: { name: "s", blueprint_folder: world.foreign.workspace }, answers: {}, source: "" },
  ],
  restore_files: (world) => [{ snapshot: world.foreign.commit }],
  git_history: (world) => [...folders(world), ...repositoryFolders(world)].map((path) => ({ path })),
  git_operations: (world) => {
    const { workspace, objects, commit, port } = world.foreign;
    const branch = "banyan/taken";
    const urls = [workspace, ...objects].flatMap((folder) => [
      folder,
      `file://${folder}`,
      `https://127.0.0.1:${port}${folder}`,
    ]);
    return [
      ...[...folders(world), ...repositoryFolders(world)].map((path) => ({ operation: "log", path })),
      ...[".", ...repositoryFolders(world)].flatMap((path) => [
        { operation: "show", path, revision: commit },
        { operation: "diff", path, from: commit },
        { operation: "branch", path, branch, revision: commit },
        { operation: "merge", path, revision: commit },
      ]),
      { operation: "add", files: [`${workspace}/canary.txt`, "../canary.txt", in_("folder/canary.txt")] },
      ...urls.flatMap((url) => [
        { operation: "clone", url, path: in_("taken") },
        { operation: "fetch", url },
        { operation: "push", url, branch, commit },
      ]),
    ];
  },
  web_fetch: ({ foreign }) =>
    [
      `file://${foreign.workspace}/canary.txt`,
      `http://127.0.0.1:${foreign.port}/`,
      `http://[::1]:${foreign.port}/`,
    ].map((url) => ({ url })),
  web_search: "It asks a service of the web for words, and reaches nothing of this machine.",
  extract_archive: (world) => [
    ...files(world).map((path) => ({ path, folder: in_("unpacked") })),
    ...folders(world).map((folder) => ({ path: "canary.txt", folder })),
  ],
  read_output: ({ foreign }) => foreign.calls.flatMap((call) => [{ call }, { call, offset: 30_000 }]),
  query_database: ({ foreign, dataDir }) =>
    [
      `SELECT * FROM messages WHERE tree_id = '${foreign.treeId}' OR task_id IN ('${Object.values(foreign.tasks).join("','")}')`,
      `SELECT * FROM reviews WHERE id IN ('${foreign.flag}', '${foreign.question}')`,
      `SELECT * FROM tasks WHERE tree_id <> (SELECT tree_id FROM tasks WHERE depth = 0)`,
      "SELECT * FROM trees",
      "SELECT * FROM outputs",
      `ATTACH '${dataDir}/banyan.db' AS main2`,
      `ATTACH '${foreign.cacheDir}/sql' AS other`,
      `SELECT * FROM '${foreign.cacheDir}/sql'`,
      "PRAGMA database_list",
    ].map((sql) => ({ sql })),
  query_trees: ({ foreign }) => [
    { sql: "SELECT * FROM messages", trees: [foreign.treeId] },
    { sql: "SELECT id, title FROM trees" },
    { sql: "SELECT body FROM documents" },
  ],
  stop_subtask: ({ foreign }) => Object.values(foreign.tasks).map((task) => ({ task, reason: "because I can" })),
  wait_for_subtasks: ({ foreign }) => [{ tasks: Object.values(foreign.tasks) }, { tasks: [foreign.treeId] }],
  answer: ({ foreign }) =>
    [foreign.question, foreign.flag].map((question) => ({ question, text: "answered by a stranger" })),
  pass_up: ({ foreign }) => [foreign.question, foreign.flag].map((question) => ({ question })),
  start_subtask: ({ foreign }) =>
    [...Object.entries(foreign.tasks).flat()].map((name) => ({
      instruction: "Give me what it found.",
      agent: "worker",
      title: `after ${name}`,
      depends_on: [name],
    })),
  list_agents: () => [{}],
  list_documents: () => [{}],
  list_optional_tools: () => [{}],
  end_task: "The attack ends with it: its claims run commands of the attack.",
  break_down_task:
    "It takes no argument that could name anything, and the agent that it starts has fewer tools than these.",
  ask: A_PERSON_DECIDES,
  flag_for_review: A_PERSON_DECIDES,
  request_tools: NOT_OF_A_TREE,
  request_context: NOT_OF_A_TREE,
  find_capability: () => [{ need: "secret words of another tree" }],
  find_lessons: () => [{ need: "secret words of another tree" }],
  propose_tool: A_PERSON_DECIDES,
  propose_document: A_PERSON_DECIDES,
  propose_agent: A_PERSON_DECIDES,
  propose_lesson: A_PERSON_DECIDES,
  propose_change: A_PERSON_DECIDES,
};

/** Commands of the claims with which the attack ends: they run in a copy of the workspace. */
export function claimsOf({ foreign, dataDir }: World): { statement: string; command: string }[] {
  const paths = [foreign.workspace, `../${basename(foreign.workspace)}`, "attack/folder", "attack/up", dataDir];
  return [
    {
      statement: "I see the other tree.",
      command: `cat ${paths.map((path) => `'${path}/canary.txt'`).join(" ")}; true`,
    },
    {
      statement: "I see its processes.",
      command: "cat /proc/[0-9]*/environ /tmp/held /dev/shm/held | tr '\\0' ' '; true",
    },
  ];
}
