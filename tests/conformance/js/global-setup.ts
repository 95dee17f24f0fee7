import type { TestProject } from "vitest/node";
import { Server } from "./server.js";

declare module "vitest" {
  interface ProvidedContext {
    endpoint: string;
  }
}

/** One server for all test files; files that restart or kill one start their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await Server.start();
  project.provide("endpoint", server.endpoint);
  return async () => {
    await server.stop();
    await server.remove();
  };
}
