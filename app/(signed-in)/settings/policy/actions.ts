"use server";

/** Changes of the policy, each with a sentence about the change alone. */
import { type ActionResult, act } from "@/app/act";
import type { Level } from "@/core/log/entries";
import type { Policy } from "@/core/rules/policy";

export async function setLevelPolicy(level: Level, policy: Policy): Promise<ActionResult> {
  return act(async ({ commands }) => {
    await commands.setPolicy({ levels: { [level]: policy } });
    return { sentence: "Saved. It applies to all calls from now on." };
  });
}

export async function addHost(host: string): Promise<ActionResult> {
  return act(async ({ commands }) => {
    const { policy } = await commands.setPolicy({ add_hosts: [host] });
    return { sentence: `Calls to ${host} no longer need approval. Hosts in the list: ${policy.hosts.length}.` };
  });
}

export async function removeHost(host: string): Promise<ActionResult> {
  return act(async ({ commands }) => {
    await commands.setPolicy({ remove_hosts: [host] });
    return { sentence: `Calls to ${host} follow the level “Network” from now on.` };
  });
}
