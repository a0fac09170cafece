/**
 * The entry point of `npm start` and `banyan serve`: runs the web server, a worker, or both, in one process or in two
 * under a supervisor (docs/decisions/038-runtime-beside-pages.md).
 */
import { parseArgs } from "node:util";
import { problemOfReach } from "@/lib/auth/sign-in-settings";
import { readSettings, type Settings } from "@/lib/env";
import { problemOfPlace } from "@/lib/env/place-of-data";
import { SettingError } from "@/lib/env/setting-error";
import { isPackaged, type Places, placesOf, settingsFolder } from "@/lib/places";
import { type Launch, LISTENING_FD, launchIn } from "@/lib/process/launch";
import { comeSecond, sideIn } from "@/lib/process/side";
import { type BoundPort, bindPort, inheritedPort } from "./bound-port";
import type { Role } from "./serve";
import type { SideLimits } from "./sides/supervise";
import type { Pages } from "./web";

const ROLES: readonly Role[] = ["all", "web", "worker"];

/** `pages` replaces those of Next.js, and `limits` the supervisor's, for tests. */
export async function main(argv: string[], pages?: Pages, limits?: SideLimits): Promise<void> {
  try {
    await run(argv, pages, limits);
  } catch (error) {
    if (!isExpected(error)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

/** Compared by name, so that a process with fewer roles need not load all modules. */
const EXPECTED = ["PortError", "StoreError", "SettingError", "SeedError", "SecretError"];

function isExpected(error: unknown): error is Error {
  return error instanceof Error && EXPECTED.includes(error.name);
}

async function run(argv: string[], pages?: Pages, limits?: SideLimits): Promise<void> {
  const places = placesOf(import.meta.url, process.env);
  const side = sideIn(process.env);
  const { settings, role, dev } = readArguments(argv, places, side?.port ?? null);
  const fault =
    problemOfPlace(settings, places.checkout, isPackaged()) ?? (role === "worker" ? null : problemOfReach(settings));
  if (fault) throw new SettingError(fault);
  const launch = launchIn(process.env);
  const isSupervisor = role === "all" && side === null && !dev && settings.processes === 2;
  if (!isSupervisor) {
    if (side?.name === "worker") comeSecond();
    const { serve } = await import("./serve");
    const given = { places, settings, launch, side, dev, role: side?.name ?? role };
    return serve({ ...given, ...(pages && { pages }) });
  }
  // First, so that a process without a port starts nothing.
  const { fd, port } = await boundPort(settings, launch);
  const { supervise } = await import("./sides/supervise");
  const bound = fd === null ? null : { fd, port };
  supervise({ entry: import.meta.url, argv, launch, port: bound, say: console.log, limits });
}

function boundPort({ host, port }: Settings, launch: Launch | null): Promise<BoundPort> {
  return launch?.holdsPort ? inheritedPort(LISTENING_FD, host, port) : bindPort(host, port);
}

/** `port`: the one that is bound already. */
function readArguments(
  argv: string[],
  places: Places,
  port: number | null,
): { settings: Settings; role: Role; dev: boolean } {
  const { values } = parseArgs({
    args: argv,
    options: { port: { type: "string" }, host: { type: "string" }, role: { type: "string" }, data: { type: "string" } },
    allowPositionals: true,
  });
  const role = (values.role ?? "all") as Role;
  if (!ROLES.includes(role)) throw new SettingError(`Unknown role "${role}". Use all, web or worker.`);
  const given = {
    ...process.env,
    ...(values.port && { PORT: values.port }),
    ...(port !== null && { PORT: String(port) }),
    ...(values.host && { HOST: values.host }),
    // The named folder's own database, whatever DATABASE_URL says.
    ...(values.data && { BANYAN_DATA_DIR: values.data, DATABASE_URL: undefined }),
  };
  return {
    settings: readSettings(given, settingsFolder(places, given)),
    role,
    dev: process.env.NODE_ENV === "development",
  };
}
