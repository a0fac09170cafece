import { expect, test } from "vitest";
import { loadSeeds } from "@/seeds/load";
import { createCatalogue } from "./catalogue";
import { NO_SERVICES, worldTools } from "./world-tools";

test("what the registry says of a tool's level is what its code is held to", async () => {
  const { tools } = await loadSeeds("seeds");
  const catalogue = createCatalogue(worldTools(NO_SERVICES));
  const available = tools.filter((tool) => tool.availability.available);
  const inCode = available.map(({ name }) => {
    const level = catalogue.world.get(name)?.level ?? (catalogue.control.has(name) ? "read" : "there is no such tool");
    return [name, level];
  });
  expect(inCode).toEqual(available.map(({ name, level }) => [name, level]));
});
