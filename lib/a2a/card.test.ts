/** Cards of strangers: read through the guard, bounded, with a signature that holds, and pinned. */
import { expect, onTestFinished, test } from "vitest";
import { createAddressGuard } from "@/lib/mcp/transport/address-guard";
import type { Timers } from "@/lib/time/timers";
import { cardAddress, readCard } from "./card";
import { factsOf, hazardsOfAgent } from "./facts";
import { type AgentFixture, cardOf, newSigning, signedCard, startAgent } from "./testing/agent";

async function start(): Promise<{ agent: AgentFixture; read(timers?: Timers): ReturnType<typeof readCard> }> {
  const agent = await startAgent();
  onTestFinished(() => agent.stop());
  const guard = createAddressGuard({ privateHosts: [agent.host] });
  const { signal } = new AbortController();
  return { agent, read: (timers) => readCard(cardAddress(agent.origin), { guard, signal, timers }) };
}

test("a card is found at the usual place, and its facts, its hash and its dangers are known", async () => {
  const { agent, read } = await start();
  expect(cardAddress("https://a.example/x?y=1")).toBe("https://a.example/.well-known/agent-card.json");
  expect(cardAddress("https://a.example/cards/b.json")).toBe("https://a.example/cards/b.json");
  expect(() => cardAddress("ftp://a.example")).toThrow("“ftp://a.example” is not an address");
  expect(() => cardAddress("https://u:p@a.example")).toThrow("give a token instead");
  const card = await read();
  expect(factsOf(card)).toMatchObject({
    title: "Scanners Inc.",
    version: "1.0.0",
    endpoint: `${agent.origin}/a2a`,
    skills: [{ id: "scan" }, { id: "sell:all" }],
  });
  expect((await read()).hash).toBe(card.hash);
  expect(
    hazardsOfAgent({ url: "https://cards.example/card.json", auth: { kind: "bearer", secret: "s" }, card }),
  ).toEqual([
    `${agent.host} is an address of this machine or of a private network.`,
    "It is reached without TLS: anyone on the network path can read and change the traffic.",
    "Its card is not signed: only its address shows whose it is.",
    `Its card comes from cards.example, and messages with its secret go to ${agent.host}.`,
    "It decides itself what it does with a message: the choice of skills only limits what our agents ask for.",
  ]);
});

test("a card of version 0.3 is read too", async () => {
  const { agent, read } = await start();
  const { supportedInterfaces: _, ...rest } = cardOf(agent);
  agent.now.card = { ...rest, url: `${agent.origin}/a2a`, preferredTransport: "JSONRPC", protocolVersion: "0.3.0" };
  expect(factsOf(await read())).toMatchObject({ title: "Scanners Inc.", endpoint: `${agent.origin}/a2a` });
});

test("a signature is checked with the key at its address; the key is part of what is pinned", async () => {
  const { agent, read } = await start();
  const [first, second] = [newSigning(), newSigning()];
  agent.now.card = await signedCard(cardOf(agent), agent, first);
  agent.now.keys = { keys: [first.jwk] };
  const card = await read();
  expect([card.signedBy, card.keysAt]).toEqual([expect.any(String), `${agent.origin}/keys.json`]);
  expect(card.body).not.toHaveProperty("signatures");
  // ECDSA signs differently each time; the card is the same.
  agent.now.card = await signedCard(cardOf(agent), agent, first);
  expect((await read()).hash).toBe(card.hash);

  const fault =
    /^The signature of the card of 127\.0\.0\.1:\d+ does not hold: somebody changed the card, or it was signed/;
  agent.now.card = { ...(agent.now.card as object), description: "Scans for free." };
  await expect(read()).rejects.toThrow(fault);
  agent.now.card = await signedCard(cardOf(agent), agent, second);
  await expect(read()).rejects.toThrow(fault);
  for (const jwk of [{ kty: "oct", k: "AAAA", kid: "one" }, { ...second.jwk, alg: "none" }, { kid: "one" }, 7]) {
    agent.now.keys = { keys: [jwk] };
    await expect(read()).rejects.toThrow(fault);
  }
  agent.now.keys = { keys: [second.jwk] };
  const other = await read();
  expect([other.hash === card.hash, other.signedBy === card.signedBy]).toEqual([false, false]);
});

test("a card at an inner address, or behind a redirect to one, is not read", async () => {
  const { agent, read } = await start();
  const guard = createAddressGuard({});
  const { signal } = new AbortController();
  const at = (url: string) => readCard(cardAddress(url), { guard, signal });
  await expect(at("http://169.254.169.254/latest")).rejects.toThrow(
    "The card of 169.254.169.254 cannot be read: 169.254.169.254 is not fetched, because its address belongs to this machine or a private network.",
  );
  await expect(at("http://10.0.0.1")).rejects.toThrow(/10\.0\.0\.1 is not fetched/);
  agent.now.sendCard = (response) => response.writeHead(302, { location: "http://169.254.169.254/card.json" }).end();
  await expect(read()).rejects.toThrow(
    `${agent.host} answered with a redirect to http://169.254.169.254, which was not followed.`,
  );
  agent.now.sendCard = undefined;
  const { key, jwk } = newSigning();
  agent.now.card = await signedCard(cardOf(agent), { origin: "http://169.254.169.254" }, { key, jwk });
  await expect(read()).rejects.toThrow(/^The key of the card of .* cannot be read: 169\.254\.169\.254 is not fetched/);
});

test("a huge card, a slow one, and one that is none end as one sentence each", async () => {
  const { agent, read } = await start();
  agent.now.card = cardOf(agent, { description: "x".repeat(300_000) });
  await expect(read()).rejects.toThrow(`The card of ${agent.host} cannot be read: it sent more than 256 kB.`);
  let late = () => {};
  const timers: Timers = {
    after: (_ms, run) => {
      late = run;
      return () => {};
    },
    every: () => () => {},
  };
  agent.now.sendCard = () => late();
  await expect(read(timers)).rejects.toThrow(`The card of ${agent.host} was not read within 15 seconds.`);
  agent.now.sendCard = (response) => response.writeHead(503).end("{}");
  await expect(read()).rejects.toThrow(`The card of ${agent.host} is not there: the status is 503.`);
  agent.now.sendCard = (response) => response.end("hello");
  await expect(read()).rejects.toThrow(`The card of ${agent.host} is not valid JSON.`);
  agent.now.sendCard = (response) => response.end("[".repeat(5_000));
  await expect(read()).rejects.toThrow(/is refused: it is nested more than 100 levels deep/);
  agent.now.sendCard = undefined;
  const unusable = (why: string) => `The card of ${agent.host} cannot be used: ${why}.`;
  for (const [card, why] of [
    [[], "it is not an object"],
    [{ supportedInterfaces: 7 }, "it names no address for JSON-RPC of version 1.0 or 0.3"],
    [{ ...cardOf(agent), skills: [] }, "it names no skill"],
    [
      { ...cardOf(agent), supportedInterfaces: [{ url: "x", protocolBinding: "GRPC" }] },
      "it names no address for JSON-RPC of version 1.0 or 0.3",
    ],
    [
      cardOf(agent, { skills: Array.from({ length: 201 }, (_, at) => ({ id: `s${at}` })) }),
      "it names more than 200 skills",
    ],
  ] as const) {
    agent.now.card = card;
    await expect(read()).rejects.toThrow(unusable(why));
  }
});
