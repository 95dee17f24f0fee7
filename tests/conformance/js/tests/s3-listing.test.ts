import { CreateBucketCommand, ListObjectsCommand, ListObjectsV2Command, PutObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { beforeAll, expect, test } from "vitest";
import { clients, uniqueName } from "../clients.js";
import { expectError } from "../errors.js";

const { s3 } = clients();
const Bucket = uniqueName("listing");
const keys = ["a", "a b+c/1", "a/1", "a/2", "a/b/3", "b", "b.txt", "c/d/e/f", "z ü/1", "z<&>\"'/2", "é", "日本/1"].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))));
});
const list = async (more = {}) => s3.send(new ListObjectsV2Command({ Bucket, ...more }));
const names = (page: { Contents?: { Key?: string }[] }) => (page.Contents ?? []).map((object) => object.Key);

test("keys are listed in the order of their UTF-8 bytes, with size, ETag and time", async () => {
  const page = await list();
  expect(names(page)).toEqual(keys);
  expect(page).toMatchObject({ Name: Bucket, KeyCount: keys.length, MaxKeys: 1000, IsTruncated: false, Prefix: "" });
  const a = page.Contents![0];
  expect(a).toMatchObject({ Key: "a", Size: 1, ETag: '"0cc175b9c0f1b6a831c399e269772661"', StorageClass: "STANDARD" });
  expect(Math.abs(Date.now() - a.LastModified!.getTime())).toBeLessThan(60_000);
});

test("a delimiter folds keys into common prefixes", async () => {
  const page = await list({ Delimiter: "/" });
  expect(names(page)).toEqual(["a", "b", "b.txt", "é"]);
  expect(page.CommonPrefixes!.map((prefix) => prefix.Prefix)).toEqual(["a b+c/", "a/", "c/", "z ü/", "z<&>\"'/", "日本/"]);
  expect(page.KeyCount).toBe(10);
  const below = await list({ Delimiter: "/", Prefix: "a/" });
  expect([names(below), below.CommonPrefixes!.map((prefix) => prefix.Prefix)]).toEqual([["a/1", "a/2"], ["a/b/"]]);
  const other = await list({ Delimiter: "d/", Prefix: "c" });
  expect(other.CommonPrefixes!.map((prefix) => prefix.Prefix)).toEqual(["c/d/"]);
});

test("every page size gives the same keys and prefixes", async () => {
  for (const MaxKeys of [1, 2, 3, 7]) {
    const seen: string[] = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: MaxKeys }, { Bucket, Delimiter: "/" })) {
      const here = [...(page.Contents ?? []).map((o) => o.Key!), ...(page.CommonPrefixes ?? []).map((p) => p.Prefix!)];
      expect(here.length).toBeLessThanOrEqual(MaxKeys);
      seen.push(...here);
    }
    expect(seen.sort()).toEqual(["a", "b", "b.txt", "é", "a b+c/", "a/", "c/", "z ü/", "z<&>\"'/", "日本/"].sort());
  }
});

test("StartAfter begins behind a key, whether it is there or not", async () => {
  expect(names(await list({ StartAfter: "a/2" }))).toEqual(keys.slice(keys.indexOf("a/2") + 1));
  expect(names(await list({ StartAfter: "a/1x", MaxKeys: 1 }))).toEqual(["a/2"]);
});

test("names are URL-encoded when asked", async () => {
  const page = await list({ EncodingType: "url", Prefix: "a b", Delimiter: "/" });
  expect([page.EncodingType, page.Prefix, page.CommonPrefixes!.map((prefix) => prefix.Prefix)]).toEqual(["url", "a%20b", ["a%20b%2Bc/"]]);
  expect(names(await list({ EncodingType: "url", Prefix: "日" }))).toEqual(["%E6%97%A5%E6%9C%AC/1"]);
  await expectError(list({ EncodingType: "other" }), "InvalidArgument", 400, "Invalid Encoding Method specified in Request");
});

test("version 1 pages by markers", async () => {
  const seen: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 5, Marker, Delimiter: "/" }));
    seen.push(...(page.Contents ?? []).map((o) => o.Key!), ...(page.CommonPrefixes ?? []).map((p) => p.Prefix!));
    Marker = page.IsTruncated ? page.NextMarker : undefined;
    expect(page.IsTruncated).toBe(Marker !== undefined);
  } while (Marker);
  expect(seen).toHaveLength(10);
  const plain = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 1 }));
  expect([plain.IsTruncated, plain.NextMarker, plain.Contents![0].Owner!.ID]).toEqual([true, undefined, expect.stringMatching(/^[0-9a-f]{64}$/)]);
});

test("MaxKeys of 0 gives nothing, more than 1,000 gives 1,000, below zero is refused", async () => {
  const none = await list({ MaxKeys: 0 });
  expect([none.KeyCount, none.IsTruncated]).toEqual([0, false]);
  expect((await list({ MaxKeys: 5000 })).MaxKeys).toBe(1000);
  await expectError(list({ MaxKeys: -1 }), "InvalidArgument", 400, /maxKeys|max-keys/i);
});

test("a token that Tarn did not make is refused", async () => {
  await expectError(list({ ContinuationToken: "no token" }), "InvalidArgument", 400, "The continuation token provided is incorrect");
});

test("a page has at most 1,000 keys", async () => {
  const bucket = uniqueName("many");
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const all = Array.from({ length: 1005 }, (_, index) => `k/${String(index).padStart(5, "0")}`);
  for (let start = 0; start < all.length; start += 50) await Promise.all(all.slice(start, start + 50).map((Key) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "" }))));
  const first = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  expect([first.Contents!.length, first.IsTruncated]).toEqual([1000, true]);
  const second = await s3.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: first.NextContinuationToken }));
  expect([...names(first), ...names(second)]).toEqual(all);
});
