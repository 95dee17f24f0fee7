import { expect } from "vitest";

/** What AWS says when it refuses: code, HTTP status and, where it is given, the words. */
export async function expectError(call: Promise<unknown>, code: string, status: number, message?: string | RegExp): Promise<any> {
  const error = await call.then(
    () => {
      throw new Error(`should have failed with ${code}`);
    },
    (e: unknown) => e as any,
  );
  expect({ code: error.name, status: error.$metadata?.httpStatusCode }, String(error.stack)).toEqual({ code, status });
  if (typeof message === "string") expect(error.message).toBe(message);
  else if (message) expect(error.message).toMatch(message);
  return error;
}
