import { expect, test } from "vitest";
import { loadSeeds } from "@/seeds/load";
import { CORE_TOOLS, createCatalogue } from "./catalogue";
import { NO_SERVICES, worldTools } from "./world-tools";

test("a tool's level in the registry is the level in its code", async () => {
  const { tools } = await loadSeeds("seeds");
  const catalogue = createCatalogue(worldTools(NO_SERVICES));
  const available = tools.filter((tool) => tool.availability.available);
  const inCode = available.map(({ name }) => {
    const level = catalogue.world.get(name)?.level ?? (catalogue.control.has(name) ? "read" : "there is no such tool");
    return [name, level];
  });
  expect(inCode).toEqual(available.map(({ name, level }) => [name, level]));
});

test("each tool that agents list has a row in the seeds, and the core tools have none", async () => {
  const { tools } = await loadSeeds("seeds");
  const catalogue = createCatalogue(worldTools(NO_SERVICES));
  const core = new Set(CORE_TOOLS.map((tool) => tool.name));
  const listed = catalogue.specs().filter(({ name }) => !core.has(name));
  expect(tools.map(({ name }) => name).toSorted()).toEqual(listed.map(({ name }) => name).toSorted());
});
