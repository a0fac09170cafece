/**
 * Tests of one process share its modules, and Next's server parts read this global, which only a whole Next server sets.
 */
import { AsyncLocalStorage } from "node:async_hooks";

Object.assign(globalThis, { AsyncLocalStorage });
