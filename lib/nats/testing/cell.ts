/** A cell with its users on real nodes, for tests. Everything ends with the test. */
import { createUser } from "@nats-io/nkeys";
import { onTestFinished } from "vitest";
import { accountsOf } from "../credentials/accounts";
import { openCell, openRunner } from "../open";
import type { CellLink, CellOptions, LinkOptions, RunnerLink, RunnerState } from "../port";
import { type NatsNodes, startNats } from "./nats-server";

export const CELL = "test";

export interface TestCell {
  nats: NatsNodes;
  /** Of the server, and of each runner. */
  seeds: Record<string, string>;
  server(more?: Partial<CellOptions>): Promise<CellLink>;
  runner(name: string, more?: Partial<LinkOptions>): Promise<RunnerLink>;
}

export function stateOf(more: Partial<RunnerState> = {}): RunnerState {
  return {
    pool: "default",
    slots: 4,
    free: 4,
    architecture: "x64",
    version: "0.1.0",
    level: 1,
    bootId: "boot-1",
    ...more,
  };
}

/** Starts nodes that know the server and these runners. */
export async function startCell({
  runners,
  nodes = 1,
}: {
  runners: readonly string[];
  nodes?: 1 | 3;
}): Promise<TestCell> {
  const pairs = Object.fromEntries(["server", ...runners].map((name) => [name, createUser()]));
  const keys = Object.fromEntries(Object.entries(pairs).map(([name, pair]) => [name, pair.getPublicKey()]));
  const { server = "", ...others } = keys;
  const nats = await startNats({ nodes, accounts: accountsOf({ cell: CELL, server, runners: others }) });
  onTestFinished(nats.close);
  const seeds = Object.fromEntries(
    Object.entries(pairs).map(([name, pair]) => [name, new TextDecoder().decode(pair.getSeed())]),
  );
  const optionsOf = (name: string, given: Partial<LinkOptions> = {}): LinkOptions => ({
    servers: nats.urls,
    cell: CELL,
    seed: seeds[name] ?? "",
    ...given,
  });
  return {
    nats,
    seeds,
    async server(given) {
      const link = await openCell({ ...optionsOf("server"), ...given });
      onTestFinished(link.close);
      return link;
    },
    async runner(name, given) {
      const link = await openRunner({ ...optionsOf(name, given), runner: name });
      onTestFinished(link.close);
      return link;
    },
  };
}
