/**
 * Makes the two base images of the Dockerfile of Debian's packages and Node's npm package, so that the image can be built
 * where the images of `node` cannot be reached. It needs debootstrap and root.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { putNode } from "../testing/node-from-npm";

const DEBIAN = "bookworm";
const NODE = "22";
const NPM = "10";
const NAMES = { debian: "localhost/banyan-debian", build: "localhost/banyan-node", run: "localhost/banyan-node-slim" };

/** Runs podman and throws when it fails. */
type Podman = (args: string[], input?: Buffer) => void;

/** Returns the names of the images for `BUILD_BASE` and `BASE`. `folder` is empty, and holds the parts afterwards. */
export function makeBases(podman: Podman, folder: string): { build: string; run: string } {
  const inFolder = (name: string) => path.join(folder, name);
  execFileSync("debootstrap", ["--variant=minbase", DEBIAN, inFolder("debian")], { stdio: "pipe" });
  execFileSync("tar", ["-C", inFolder("debian"), "-cf", inFolder("debian.tar"), "."], { stdio: "pipe" });
  podman(["import", inFolder("debian.tar"), NAMES.debian]);
  putNode(inFolder("local"), NODE, NPM);
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  if (certificates) copyFileSync(certificates, inFolder("certificates.crt"));
  writeFileSync(inFolder("bases"), basesFile(certificates !== undefined));
  for (const [target, name] of [
    ["slim", NAMES.run],
    ["full", NAMES.build],
  ] as const)
    podman(["build", "--file", inFolder("bases"), "--target", target, "--tag", name, folder]);
  return { build: NAMES.build, run: NAMES.run };
}

/** The compilers are those that the image of `node` has. They build SQLite where its own build cannot be fetched. */
function basesFile(hasCertificates: boolean): string {
  const own = "/etc/host.crt";
  return [
    `FROM ${NAMES.debian} AS slim`,
    "COPY local /usr/local",
    "FROM slim AS full",
    "ENV npm_config_nodedir=/usr/local",
    ...(hasCertificates
      ? [`COPY certificates.crt ${own}`, `ENV NODE_EXTRA_CA_CERTS=${own} npm_config_cafile=${own}`]
      : []),
    "RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates git python3 make g++",
    "",
  ].join("\n");
}
