#!/usr/bin/env node
/** Runs the command. */
import { run } from "./program.ts";
import { SYSTEM } from "./world.ts";

process.exitCode = await run(process.argv.slice(2), SYSTEM);
