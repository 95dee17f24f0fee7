import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const root = resolve(import.meta.dirname, "../../..");

/** A Tarn of its own process, as a user starts it. */
export class Server {
  private constructor(
    private process: ChildProcess,
    readonly endpoint: string,
    readonly data: string,
  ) {}

  /** Starts on a free port; `data` keeps the folder of an earlier one. Resolves when the server has said that it is ready. */
  static async start(data?: string, ...options: string[]): Promise<Server> {
    data ??= await mkdtemp(join(tmpdir(), "tarn-conformance-"));
    const child = spawn(join(root, "tarn"), ["serve", "--port", "0", "--data", data, "--log.level", "Warning", ...options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const endpoint = await new Promise<string>((ready, failed) => {
      child.once("exit", (code) => failed(new Error(`tarn ended with code ${code} before it was ready`)));
      createInterface({ input: child.stdout! }).on("line", (line) => {
        const match = /^Tarn is ready on (\S+)$/.exec(line);
        if (match) ready(match[1]);
      });
    });
    return new Server(child, endpoint, data);
  }

  /** Ends the process and waits for its end. SIGKILL is a power cut as far as Tarn can see. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await rm(this.data, { recursive: true, force: true });
  }
}
