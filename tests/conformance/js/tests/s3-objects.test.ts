import {
  CopyObjectCommand, CreateBucketCommand, DeleteObjectCommand, DeleteObjectTaggingCommand, DeleteObjectsCommand, GetObjectAttributesCommand, GetObjectCommand, GetObjectTaggingCommand,
  HeadObjectCommand, PutObjectCommand, PutObjectTaggingCommand, type ChecksumAlgorithm,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { clients, uniqueName } from "../clients.js";
import { expectError } from "../errors.js";

const { s3 } = clients();
const Bucket = uniqueName("objects");
beforeAll(async () => void (await s3.send(new CreateBucketCommand({ Bucket }))));

const text = async (Key: string, more = {}) => (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body!.transformToString();

test("an object comes back with its bytes, type, metadata and ETag", async () => {
  const put = await s3.send(
    new PutObjectCommand({
      Bucket, Key: "a/b.txt", Body: "hello", ContentType: "text/plain; charset=utf-8", CacheControl: "max-age=60", ContentDisposition: 'attachment; filename="b.txt"',
      ContentLanguage: "de", ContentEncoding: "identity", Expires: new Date("2030-01-02T03:04:05Z"), Metadata: { color: "blue", "mixed-case": "Value, with comma" },
    }),
  );
  expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: "a/b.txt" }));
  expect(await got.Body!.transformToString()).toBe("hello");
  expect(got).toMatchObject({
    ContentLength: 5, ContentType: "text/plain; charset=utf-8", CacheControl: "max-age=60", ContentDisposition: 'attachment; filename="b.txt"', ContentLanguage: "de",
    ETag: '"5d41402abc4b2a76b9719d911017c592"', AcceptRanges: "bytes", Metadata: { color: "blue", "mixed-case": "Value, with comma" }, ExpiresString: "Wed, 02 Jan 2030 03:04:05 GMT",
  });
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "a/b.txt" }));
  expect(head).toMatchObject({ ContentLength: 5, ContentType: "text/plain; charset=utf-8", ETag: put.ETag, Metadata: got.Metadata });
  expect(head.LastModified).toEqual(got.LastModified);
});

test("an object without a type is a binary/octet-stream", async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "typeless", Body: new Uint8Array([0, 255, 1]) }));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: "typeless" }));
  expect(got.ContentType).toBe("application/octet-stream"); // what the client sends for bytes
  expect([...(await got.Body!.transformToByteArray())]).toEqual([0, 255, 1]);
});

test("an empty object has the MD5 of nothing", async () => {
  expect((await s3.send(new PutObjectCommand({ Bucket, Key: "empty", Body: "" }))).ETag).toBe('"d41d8cd98f00b204e9800998ecf8427e"');
  expect(await text("empty")).toBe("");
});

test("metadata keeps characters outside of ASCII", async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "unicode-metadata", Body: "x", Metadata: { plain: "ascii only", code: "=?UTF-8?Q?gr=C3=BCn?=" } }));
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "unicode-metadata" }))).Metadata).toMatchObject({ plain: "ascii only" });
});

test("a missing key is NoSuchKey for GET and NotFound for HEAD", async () => {
  const error = await expectError(s3.send(new GetObjectCommand({ Bucket, Key: "nothing" })), "NoSuchKey", 404, "The specified key does not exist.");
  expect(error.Key).toBe("nothing");
  expect(error.$metadata.requestId).toBeTruthy();
  await expectError(s3.send(new HeadObjectCommand({ Bucket, Key: "nothing" })), "NotFound", 404);
  expect((await s3.send(new DeleteObjectCommand({ Bucket, Key: "nothing" }))).$metadata.httpStatusCode).toBe(204);
});

test.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as ChecksumAlgorithm[])("a %s is computed by the client, verified and kept", async (ChecksumAlgorithm) => {
  const expected = {
    CRC32: Buffer.from([0xcb, 0xf4, 0x39, 0x26]), CRC32C: Buffer.from([0xe3, 0x06, 0x92, 0x83]), CRC64NVME: Buffer.from("ae8b14860a799888", "hex"),
    SHA1: createHash("sha1").update("123456789").digest(), SHA256: createHash("sha256").update("123456789").digest(),
  }[ChecksumAlgorithm as string]!.toString("base64");
  const member = `Checksum${ChecksumAlgorithm}` as "ChecksumCRC32";
  const Key = `sum/${ChecksumAlgorithm}`;
  expect((await s3.send(new PutObjectCommand({ Bucket, Key, Body: "123456789", [member]: expected })))[member]).toBe(expected);
  const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
  expect(got[member]).toBe(expected);
  expect(await got.Body!.transformToString()).toBe("123456789");
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" })))[member]).toBe(expected);
  const attributes = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ["Checksum", "ETag", "ObjectSize", "StorageClass"] }));
  expect(attributes).toMatchObject({ ETag: createHash("md5").update("123456789").digest("hex"), ObjectSize: 9, StorageClass: "STANDARD", Checksum: { [member]: expected, ChecksumType: "FULL_OBJECT" } });
  const wrong = Buffer.from(expected, "base64");
  wrong[0] ^= 1;
  await expectError(s3.send(new PutObjectCommand({ Bucket, Key: "wrong", Body: "123456789", [member]: wrong.toString("base64") })), "BadDigest", 400, `The ${ChecksumAlgorithm} you specified did not match the calculated checksum.`);
});

test.each(["CRC32", "CRC32C", "SHA1", "SHA256"] as ChecksumAlgorithm[])("a stream is sent in chunks with a %s behind them", async (ChecksumAlgorithm) => {
  const body = Buffer.alloc(300_000, "stream ");
  const Key = `chunked/${ChecksumAlgorithm}`;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]), ContentLength: body.length, ChecksumAlgorithm }));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
  expect(Buffer.from(await got.Body!.transformToByteArray()).equals(body)).toBe(true);
  if (ChecksumAlgorithm === "SHA256") expect(got.ChecksumSHA256).toBe(createHash("sha256").update(body).digest("base64"));
  if (ChecksumAlgorithm === "CRC32") expect(Buffer.from(got.ChecksumCRC32!, "base64").readUInt32BE()).toBe(crc32(body));
  expect(got.ContentEncoding).toBeUndefined();
});

test("a wrong Content-MD5 is refused and nothing is written", async () => {
  const ContentMD5 = createHash("md5").update("other").digest("base64");
  await expectError(s3.send(new PutObjectCommand({ Bucket, Key: "md5", Body: "this", ContentMD5 })), "BadDigest", 400, "The Content-MD5 you specified did not match what we received.");
  await expectError(s3.send(new PutObjectCommand({ Bucket, Key: "md5", Body: "this", ContentMD5: "short" })), "InvalidDigest", 400, "The Content-MD5 you specified was invalid.");
  await expectError(s3.send(new HeadObjectCommand({ Bucket, Key: "md5" })), "NotFound", 404);
});

test("ranges are the first bytes, the last bytes, bytes from a place, and 416 beyond the end", async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "range", Body: "0123456789" }));
  const range = async (Range: string) => {
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "range", Range }));
    return [got.$metadata.httpStatusCode, got.ContentRange, await got.Body!.transformToString()];
  };
  expect(await range("bytes=0-3")).toEqual([206, "bytes 0-3/10", "0123"]);
  expect(await range("bytes=-3")).toEqual([206, "bytes 7-9/10", "789"]);
  expect(await range("bytes=8-")).toEqual([206, "bytes 8-9/10", "89"]);
  expect(await range("bytes=5-100")).toEqual([206, "bytes 5-9/10", "56789"]);
  expect(await range("nonsense")).toEqual([200, undefined, "0123456789"]);
  const error = await expectError(s3.send(new GetObjectCommand({ Bucket, Key: "range", Range: "bytes=10-" })), "InvalidRange", 416, "The requested range is not satisfiable");
  expect(error.ActualObjectSize).toBe("10");
});

test("conditions of a read answer 304 and 412", async () => {
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: "conditional", Body: "x" }));
  const get = (more: object) => s3.send(new GetObjectCommand({ Bucket, Key: "conditional", ...more }));
  const [past, future] = [new Date(Date.now() - 86_400_000), new Date(Date.now() + 86_400_000)];
  expect((await get({ IfMatch: ETag })).ETag).toBe(ETag);
  expect((await get({ IfModifiedSince: past })).ETag).toBe(ETag);
  expect((await get({ IfUnmodifiedSince: future })).ETag).toBe(ETag);
  await expectError(get({ IfMatch: '"other"' }), "PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold");
  await expectError(get({ IfUnmodifiedSince: past }), "PreconditionFailed", 412);
  for (const more of [{ IfNoneMatch: ETag }, { IfNoneMatch: "*" }]) {
    const error = await get(more).catch((e) => e);
    expect(error.$metadata.httpStatusCode).toBe(304);
  }
  expect((await get({ IfModifiedSince: new Date(Date.now() - 0) }).catch((e) => e)).$metadata.httpStatusCode).toBe(304);
});

test("conditions of a write keep a second writer away", async () => {
  const put = (Key: string, more: object) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "new", ...more }));
  const { ETag } = await put("once", { IfNoneMatch: "*" });
  await expectError(put("once", { IfNoneMatch: "*" }), "PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold");
  await expectError(put("once", { IfMatch: '"0123456789abcdef0123456789abcdef"' }), "PreconditionFailed", 412);
  expect((await put("once", { IfMatch: ETag })).ETag).toBe(ETag);
  await expectError(put("never", { IfMatch: ETag }), "NoSuchKey", 404);
  const racers = await Promise.allSettled(Array.from({ length: 8 }, () => put("race", { IfNoneMatch: "*" })));
  expect(racers.filter((racer) => racer.status === "fulfilled")).toHaveLength(1);
});

test("a copy takes the metadata with it, or replaces it", async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "von/größe &+ 1.txt", Body: "copy me", ContentType: "text/x", Metadata: { a: "1" }, Tagging: "t=1" }));
  const CopySource = `${Bucket}/${encodeURIComponent("von/größe &+ 1.txt")}`;
  const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource }));
  expect(copied.CopyObjectResult!.ETag).toBe(`"${createHash("md5").update("copy me").digest("hex")}"`);
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "copy" }))).toMatchObject({ ContentType: "text/x", Metadata: { a: "1" }, TagCount: 1 });
  await s3.send(new CopyObjectCommand({ Bucket, Key: "copy2", CopySource: `/${CopySource}`, MetadataDirective: "REPLACE", ContentType: "text/y", Metadata: { b: "2" }, TaggingDirective: "REPLACE", Tagging: "u=2" }));
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "copy2" }));
  expect([head.ContentType, head.Metadata]).toEqual(["text/y", { b: "2" }]);
  expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "copy2" }))).TagSet).toEqual([{ Key: "u", Value: "2" }]);
  expect(await text("copy2")).toBe("copy me");
});

test("a copy is refused onto itself unchanged, from nothing, and when its condition does not hold", async () => {
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: "self", Body: "x" }));
  const copy = (CopySource: string, Key: string, more = {}) => s3.send(new CopyObjectCommand({ Bucket, Key, CopySource, ...more }));
  await expectError(copy(`${Bucket}/self`, "self"), "InvalidRequest", 400, /^This copy request is illegal because it is trying to copy an object to itself/);
  await expectError(copy(`${Bucket}/nothing`, "other"), "NoSuchKey", 404);
  await expectError(copy(`${Bucket}/self`, "other", { CopySourceIfNoneMatch: ETag }), "PreconditionFailed", 412);
  await copy(`${Bucket}/self`, "self", { MetadataDirective: "REPLACE", Metadata: { now: "some" } });
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "self" }))).Metadata).toEqual({ now: "some" });
});

test("tags of an object are put, read, counted and deleted", async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "tagged", Body: "x", Tagging: "a=1&b=zwei%20drei" }));
  expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "tagged" }))).TagSet).toEqual([{ Key: "a", Value: "1" }, { Key: "b", Value: "zwei drei" }]);
  expect((await s3.send(new GetObjectCommand({ Bucket, Key: "tagged" }))).TagCount).toBe(2);
  await s3.send(new PutObjectTaggingCommand({ Bucket, Key: "tagged", Tagging: { TagSet: [{ Key: "only", Value: "" }] } }));
  expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "tagged" }))).TagSet).toEqual([{ Key: "only", Value: "" }]);
  await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: "tagged" }));
  expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "tagged" }))).TagSet).toEqual([]);
  const TagSet = Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
  await expectError(s3.send(new PutObjectTaggingCommand({ Bucket, Key: "tagged", Tagging: { TagSet } })), "BadRequest", 400, "Object tags cannot be greater than 10");
  await expectError(s3.send(new PutObjectTaggingCommand({ Bucket, Key: "tagged", Tagging: { TagSet: [{ Key: "same", Value: "1" }, { Key: "same", Value: "2" }] } })), "InvalidTag", 400);
});

test("DeleteObjects deletes up to a thousand keys, those that are not there too", async () => {
  for (const Key of ["del/a", "del/b & <c>", "del/ü"]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  const keys = ["del/a", "del/b & <c>", "del/ü", "del/none"];
  const deleted = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }));
  expect(deleted.Deleted!.map((entry) => entry.Key)).toEqual(keys);
  expect(deleted.Errors).toBeUndefined();
  const quiet = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: [{ Key: "del/a" }] } }));
  expect(quiet.Deleted).toBeUndefined();
  const many = Array.from({ length: 1001 }, (_, index) => ({ Key: `k${index}` }));
  await expectError(s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: many } })), "MalformedXML", 400);
});

test.each(["spaces and +plus", "ünï/日本/🙂", "a//b", "trailing/", "./dot", "../up", "%41", "q?x=1&y#z", "semi;colon:at@=,", "back\\slash", "tab\there", "'quotes\"", "CON", "a".repeat(1024)])("the key %j is kept as it is", async (Key) => {
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: `of ${Key}` }));
  expect(await text(Key)).toBe(`of ${Key}`);
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await expectError(s3.send(new HeadObjectCommand({ Bucket, Key })), "NotFound", 404);
});

test("a key can be the folder of another key", async () => {
  for (const Key of ["tree", "tree/leaf", "tree/leaf/vein"]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  for (const Key of ["tree", "tree/leaf", "tree/leaf/vein"]) expect(await text(Key)).toBe(Key);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "tree" }));
  expect(await text("tree/leaf")).toBe("tree/leaf");
});

test("a key of more than 1,024 bytes is too long", async () => {
  const error = await expectError(s3.send(new PutObjectCommand({ Bucket, Key: "ü".repeat(513), Body: "x" })), "KeyTooLongError", 400, "Your key is too long");
  expect(error.MaxSizeAllowed).toBe("1024");
});

test("presigned URLs read, write and delete for whoever has them", async () => {
  const putUrl = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "pre/signed ü.txt", ContentType: "text/plain" }), { expiresIn: 60 });
  const put = await fetch(putUrl, { method: "PUT", body: "through a link", headers: { "content-type": "text/plain" } });
  expect([put.status, put.headers.get("etag")]).toEqual([200, `"${createHash("md5").update("through a link").digest("hex")}"`]);
  const getUrl = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "pre/signed ü.txt", ResponseContentType: "text/other", ResponseContentDisposition: "inline" }), { expiresIn: 60 });
  const got = await fetch(getUrl);
  expect([got.status, got.headers.get("content-type"), got.headers.get("content-disposition"), await got.text()]).toEqual([200, "text/other", "inline", "through a link"]);
  const deleteUrl = await getSignedUrl(s3, new DeleteObjectCommand({ Bucket, Key: "pre/signed ü.txt" }), { expiresIn: 60 });
  expect((await fetch(deleteUrl, { method: "DELETE" })).status).toBe(204);
  const gone = await fetch(getUrl);
  expect([gone.status, await gone.text()]).toEqual([404, expect.stringContaining("<Code>NoSuchKey</Code>")]);
});

test("a presigned URL ends, and one that was changed does not work", async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "expiring", Body: "x" }));
  const old = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "expiring" }), { expiresIn: 60, signingDate: new Date(Date.now() - 120_000) });
  const expired = await fetch(old);
  expect([expired.status, await expired.text()]).toEqual([403, expect.stringMatching(/<Code>AccessDenied<\/Code><Message>Request has expired<\/Message>.*<X-Amz-Expires>60<\/X-Amz-Expires>/s)]);
  const fresh = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "expiring" }), { expiresIn: 60 });
  const changed = await fetch(fresh.replace("/expiring?", "/another?"));
  expect([changed.status, await changed.text()]).toEqual([403, expect.stringContaining("<Code>SignatureDoesNotMatch</Code>")]);
  const stretched = await fetch(fresh.replace("X-Amz-Expires=60", "X-Amz-Expires=600"));
  expect(stretched.status).toBe(403);
  const long = await fetch(fresh.replace("X-Amz-Expires=60", "X-Amz-Expires=604801"));
  expect([long.status, await long.text()]).toEqual([400, expect.stringContaining("<Code>AuthorizationQueryParametersError</Code>")]);
});
