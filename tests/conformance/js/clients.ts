import { AthenaClient } from "@aws-sdk/client-athena";
import { GlueClient } from "@aws-sdk/client-glue";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { randomBytes } from "node:crypto";
import { inject } from "vitest";

/** Clients as a user configures them, for the server of this run or another one. */
export function clients(endpoint: string = inject("endpoint"), accessKeyId = "test", region = "us-east-1") {
  const settings = { endpoint, region, credentials: { accessKeyId, secretAccessKey: "test" }, maxAttempts: 1 };
  return {
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    glue: new GlueClient(settings),
    athena: new AthenaClient(settings),
    sts: new STSClient(settings),
  };
}

/** A name that no other test has: lower case, digits, one prefix. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString("hex")}`;
}

/** Waits until `check` answers something, asking every 50 ms, and fails after `seconds`. */
export async function until<T>(what: string, check: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const result = await check();
    if (result !== undefined) return result;
    if (Date.now() > end) throw new Error(`${what} did not come within ${seconds} s`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}
