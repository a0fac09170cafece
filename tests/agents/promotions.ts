/** What tests of promotions share: a target, a repository, and a project that goes there. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import type { PromotionState } from "@/core/shapes/environments/promotions";
import type { Trial } from "./trial";

const owner = ownerCalled("you");

/** What a target is: a server of the network that says which version it has, and who set it. */
export async function production() {
  const state = { version: "", sets: [] as string[], isSick: (_version: string) => false };
  const server = createServer((request, response) => {
    if (request.method === "PUT") {
      request.toArray().then((parts) => {
        state.version = Buffer.concat(parts).toString();
        state.sets.push(`${state.version} by ${request.headers.authorization}`);
        response.end();
      });
      return;
    }
    response.statusCode = state.isSick(state.version) ? 500 : 200;
    response.end(state.version);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { state, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

export function repository() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-promotions-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    String(execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args])).trim();
  git("init", "-q", "-b", "main");
  /** Commits a version, with other files, and returns its commit. */
  const version = (text: string, others: Record<string, string> = {}) => {
    for (const [file, other] of Object.entries({ version: text, ...others })) writeFileSync(join(folder, file), other);
    git("add", "-A");
    git("commit", "-q", "-m", "A version");
    return git("rev-parse", "HEAD");
  };
  return { folder, git, version };
}

type Site = Awaited<ReturnType<typeof production>>;

export async function stage(trial: Trial, { state, host }: Site, { folder, git, version } = repository()) {
  const { application, store } = trial.runtime;
  const { commands, queries } = application;
  await commands.setSecret({ id: "shop.token", value: "a-token-of-production-1" }, owner);
  await commands.setSecret({ id: "shop.reader", value: "a-reader-of-production-1" }, owner);
  await commands.addProject({ address: folder, name: "shop", check: "true" }, owner);
  const http = `curl --silent --show-error --fail http://${host}`;
  const target = {
    id: "shop",
    name: "production",
    plan: 'echo "from $BANYAN_FORMER_COMMIT to $(cat version) with [$TOKEN] and [$READER]"',
    deploy: `${http} -X PUT -H "authorization: $TOKEN" --data-binary @version`,
    smoke: http,
    secrets: { TOKEN: "shop.token" },
    plan_secrets: { READER: "shop.reader" },
    hosts: [host],
  };
  await commands.setTarget(target, owner);
  const one = async (id: string) => {
    const { promotions } = await queries.listPromotions("shop");
    return promotions.find((promotion) => promotion.id === id);
  };
  const until = (id: string, wanted: PromotionState) =>
    vi.waitFor(async () => expect(await one(id), trial.faults.join("\n")).toMatchObject({ state: wanted }), {
      timeout: 150_000,
      interval: 100,
    });
  const asked = async () => {
    const { promotion } = await commands.promote({ id: "shop", target: "production" }, owner);
    await until(promotion, "asked");
    return promotion;
  };
  const promoted = async () => {
    const id = await asked();
    await commands.approvePromotion({ id }, owner);
    return id;
  };
  return { commands, queries, store, state, git, version, target, one, until, asked, promoted };
}

/** Lets commands reach the test's own server, which has a private address. */
export const reaching = ({ host }: Site) => ({ env: { BANYAN_PRIVATE_HOSTS: host } });
