/** Findings and mends as sentences for people. No code reads them. */
import { quoted } from "@/lib/mcp/config/errors";
import type { Fault, Mend, Place } from "./finding";

/** Programs that a server may need, and the package that brings each. */
const BROUGHT_BY = new Map([
  ["uvx", "uv"],
  ["uv", "uv"],
  ["pipx", "pipx"],
  ["python", "python3, or python-is-python3 where the command is python"],
  ["python3", "python3"],
  ["deno", "deno"],
  ["bun", "bun"],
  ["go", "golang"],
  ["java", "default-jre"],
]);

/** Returns one sentence that says what will not work and, where nothing can be pressed, what to do. */
export function findingSentence(fault: Fault): string {
  switch (fault.code) {
    case "hidden_path":
      return `${placeWords(fault.place)} names the ${fault.is} ${quoted(fault.path)}, which the sandbox does not show.`;
    case "hidden_new_file":
      return `${placeWords(fault.place)} names the file ${quoted(fault.path)}, and the sandbox does not let it write in that folder.`;
    case "unwritable_folder":
      return `The server may not write in ${quoted(fault.path)}: ${quoted(fault.reason)}.`;
    case "own_file":
      return `${quoted(fault.server)} keeps its file beside its program, which is read-only: give ${fault.variable} and a folder.`;
    case "missing_path":
      return `${placeWords(fault.place)} names ${quoted(fault.path)}, which does not exist on this machine: create it or name another path.`;
    case "refused_path":
      return `${placeWords(fault.place)} names ${quoted(fault.path)}: ${quoted(fault.reason)}.`;
    case "home_path":
      return `${placeWords(fault.place)} begins with ~, which only a shell replaces: ${quoted(fault.text)}.`;
    case "windows_path":
      return `${placeWords(fault.place)} is a path of Windows: ${quoted(fault.text)}. Write the path on this machine.`;
    case "missing_program":
      return `The program ${quoted(fault.program)} is not in the sandbox. ${installWords(fault.program)}`;
    case "container":
      return `${fault.program} does not work in the sandbox. Use the server's npm package or its HTTP address.`;
    case "package_runner":
      return `Banyan does not start packages with ${fault.program}, because it could not pin their version.`;
    case "bridge":
      return `mcp-remote only passes calls on to ${quoted(withoutQuery(fault.url))}, and Banyan can call this address itself.`;
    case "missing_browser":
      return `${quoted(fault.server)} drives a browser, and the sandbox has none. On Debian: sudo apt install chromium.`;
    case "browser_arguments":
      return `${quoted(fault.server)} does not find or start the browser in the sandbox without ${fault.missing.join(" ")}.`;
    case "missing_hosts":
      return `${quoted(fault.server)} needs ${list(fault.hosts)}, and a server reaches only the hosts in its entry.`;
    case "inner_host":
      return `${quoted(fault.host)} belongs to this machine or a private network, which no program in the sandbox reaches.`;
    case "private_address":
      return fault.line === null
        ? `${quoted(fault.host)} is an address that Banyan never reaches.`
        : `${quoted(fault.host)} belongs to this machine or a private network. To allow it, set ${fault.line} and restart Banyan.`;
    case "old_transport":
      return `${quoted(fault.url)} looks like the old SSE transport, which is not supported. Give the Streamable HTTP address.`;
    case "placeholder":
      return `The file has only a placeholder for the secret ${fault.secret}. Set its value after adding the server.`;
  }
}

/** Returns the label of the button that applies a mend. */
export function mendLabel({ does }: Mend): string {
  switch (does.what) {
    case "show":
      return `Let it ${does.access === "read" ? "read" : "read and write"} ${quoted(does.path)}`;
    case "write_out":
      return `Write ${quoted(does.text)}`;
    case "use_npx":
      return "Start it with npx";
    case "use_address":
      return `Use ${quoted(withoutQuery(does.url))}`;
    case "keep":
      return `Keep its file for it, as ${does.file}`;
    case "add_arguments":
      return "Add these arguments";
    case "allow_hosts":
      return `Allow ${list(does.hosts)}`;
  }
}

function placeWords(place: Place): string {
  switch (place.in) {
    case "args":
      return `Argument ${place.index + 1}`;
    case "env":
      return `The variable ${place.name}`;
    case "folders":
      return "The list of folders";
    case "cwd":
      return "The working directory";
  }
}

function installWords(program: string): string {
  const brings = BROUGHT_BY.get(program);
  const what = brings === undefined ? "Install it" : `Install the package ${brings}`;
  return `${what} so that it is in /usr/bin or /usr/local/bin.`;
}

/** The query of an address may hold a key. */
function withoutQuery(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? url;
}

function list(hosts: readonly string[]): string {
  return hosts.join(", ");
}
