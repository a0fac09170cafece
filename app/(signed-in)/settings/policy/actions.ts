"use server";

import { type ActionResult, act } from "@/app/act";
import { text } from "@/app/actions/values";

export async function setLevelPolicy(level: string, policy: string): Promise<ActionResult> {
  return act(async ({ actor, commands }) => {
    await commands.setPolicy({ levels: { [text(level)]: text(policy) } }, actor);
    return { sentence: "Saved. It applies to all calls from now on." };
  });
}

export async function addHost(host: string): Promise<ActionResult> {
  const given = text(host).trim();
  return act(async ({ actor, commands }) => {
    const { policy } = await commands.setPolicy({ addHosts: [given] }, actor);
    return { sentence: `Calls to ${given} no longer need approval. Hosts in the list: ${policy.hosts.length}.` };
  });
}

export async function removeHost(host: string): Promise<ActionResult> {
  return act(async ({ actor, commands }) => {
    await commands.setPolicy({ removeHosts: [text(host)] }, actor);
    return { sentence: `Calls to ${text(host)} follow the level “Network” from now on.` };
  });
}
