import { CommandLine } from "@/components/ui/command-line";
import { Section } from "@/components/ui/page/section";
import type { CodingAgent } from "@/core/shapes/capabilities/coding-agents";
import { capOf, leastOf, packageOf, signInOf, wayOf } from "@/core/words/coding-agents";
import { providerLabel } from "@/lib/models/providers/labels";

/** The coding agents of other makers that tasks can give work to, and how to install those that are missing. */
export function CodingAgents({ agents }: { agents: readonly CodingAgent[] }) {
  const installed = agents.filter(({ program }) => program !== null).length;
  return (
    <Section
      id="coding-agents"
      title="Coding agents of other makers"
      beside={`${installed} of ${agents.length} installed on the server`}
    >
      <p className="mt-2 max-w-[68ch] text-ink-2">
        Agents with the tool run_coding_agent give them work. Each runs in the sandbox. Banyan installs none of them.
      </p>
      <ul className="mt-1 divide-y divide-line">
        {agents.map((agent) => (
          <li key={agent.name} className="py-2.5">
            <CodingAgentRow agent={agent} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function CodingAgentRow({ agent }: { agent: CodingAgent }) {
  const { title, name, program, install } = agent;
  return (
    <>
      <h3 className="flex flex-wrap items-baseline gap-x-2">
        {title} <span className="font-normal text-ink-2">{packageOf(agent)}</span>
      </h3>
      {program === null ? (
        <NotInstalled install={install} />
      ) : (
        <p className="max-w-[80ch] text-ink-2">
          {signInOf(agent, (provider) => providerLabel(provider) ?? provider)} {capOf(agent)}
          {leastOf(agent)}
          {wayOf(agent)} Named <code>{name}</code>, at <code className="break-all">{program}</code>.
        </p>
      )}
    </>
  );
}

function NotInstalled({ install }: Pick<CodingAgent, "install">) {
  if (install === null)
    return <p className="text-ink-2">Not there: an admin corrects its path in BANYAN_CODING_AGENTS.</p>;
  return (
    <>
      <p className="text-ink-2">Not installed. To install it:</p>
      <CommandLine className="w-fit max-w-full whitespace-pre-wrap wrap-anywhere">{install}</CommandLine>
    </>
  );
}
