"""What suites for S3 assert of its answers: statuses, codes and words where clients go by them, and what is refused."""

import base64
import hashlib
import xml.etree.ElementTree as xml

import botocore.auth
import botocore.awsrequest
import botocore.credentials

from suite.tarn import TarnTest, client, server, unique
from suite.test_s3_signing import element, presign, send


def call(method, path, body=b"", headers=None):
    """A request that no SDK makes, signed in version 2, which leaves every header as it is given."""
    request = botocore.awsrequest.AWSRequest(method, server().endpoint + path, headers=headers or {}, data=body)
    botocore.auth.HmacV1Auth(botocore.credentials.Credentials("test", "test")).add_auth(request)
    return send(request.url, method, body, {name: value.encode() for name, value in request.headers.items()})


class Buckets(TarnTest):
    def test_versions_of_a_bucket_that_never_had_any(self):
        s3, bucket = client("s3"), self.bucket()
        for key in ("a", "d/b", "d/c", "e f"):
            s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        pages = list(s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 1}))
        versions = [version for page in pages for version in page["Versions"]]
        self.assertEqual([("a", "null", True), ("d/b", "null", True), ("d/c", "null", True), ("e f", "null", True)],
                         [(v["Key"], v["VersionId"], v["IsLatest"]) for v in versions])
        self.assertEqual(s3.head_object(Bucket=bucket, Key="a")["ETag"], versions[0]["ETag"])
        self.assertEqual("null", pages[0]["NextVersionIdMarker"])
        page = s3.list_object_versions(Bucket=bucket, Delimiter="/", MaxKeys=2)
        self.assertEqual((["a"], ["d/"], "d/", True), (
            [v["Key"] for v in page["Versions"]], [p["Prefix"] for p in page["CommonPrefixes"]], page["NextKeyMarker"], page["IsTruncated"]))
        page = s3.list_object_versions(Bucket=bucket, Delimiter="/", KeyMarker="d/")
        self.assertEqual(["e f"], [v["Key"] for v in page["Versions"]])
        self.refused("InvalidArgument", s3.list_object_versions, Bucket=bucket, VersionIdMarker="null")
        self.refused("InvalidArgument", s3.list_object_versions, Bucket=bucket, KeyMarker="a", VersionIdMarker="other")
        gone = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in versions]})
        self.assertEqual(4, len(gone["Deleted"]))
        s3.delete_bucket(Bucket=bucket)

    def test_elements_come_in_the_order_of_s3(self):
        s3, bucket = client("s3"), self.bucket()
        for key in ("a", "d/b"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"")
        contents = ["Key", "LastModified", "ETag", "ChecksumAlgorithm", "ChecksumType", "Size"]
        for query, expected, inner in (
                ("delimiter=/", ["Name", "Prefix", "Marker", "MaxKeys", "Delimiter", "IsTruncated", "Contents", "CommonPrefixes"], [*contents, "Owner", "StorageClass"]),
                ("list-type=2&start-after=A&delimiter=/", ["Name", "Prefix", "StartAfter", "KeyCount", "MaxKeys", "Delimiter", "IsTruncated", "Contents", "CommonPrefixes"],
                 [*contents, "StorageClass"]),
                ("versions&delimiter=/", ["Name", "Prefix", "KeyMarker", "VersionIdMarker", "MaxKeys", "Delimiter", "IsTruncated", "Version", "CommonPrefixes"],
                 ["Key", "VersionId", "IsLatest", *contents[1:], "Owner", "StorageClass"])):
            with self.subTest(query):
                root = xml.fromstring(call("GET", f"/{bucket}?{query}")[2])
                names = [child.tag.rpartition("}")[2] for child in root]
                self.assertEqual(expected, names)
                self.assertEqual(inner, [child.tag.rpartition("}")[2] for child in root[len(names) - 2]])

    def test_settings_that_have_two_operations_in_the_model(self):
        s3, bucket = client("s3"), self.bucket()
        self.refused("NoSuchLifecycleConfiguration", s3.get_bucket_lifecycle_configuration, Bucket=bucket)
        self.assertNotIn("QueueConfigurations", s3.get_bucket_notification_configuration(Bucket=bucket))

    def test_statuses_and_codes(self):
        s3, bucket = client("s3"), self.bucket()
        put = s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
        self.assertEqual(204, put["ResponseMetadata"]["HTTPStatusCode"])
        self.refused("InvalidLocationConstraint", s3.create_bucket, Bucket=unique("py"), CreateBucketConfiguration={"LocationConstraint": "us-east-1"})
        self.refused("InvalidBucketOwnerAWSAccountID", s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="me")
        self.refused("AccessDenied", s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="999999999999")
        for name in ("max-keys=3000000000", "max-keys=abc"):
            status, _, body = call("GET", f"/{bucket}?{name}")
            self.assertEqual((400, "InvalidArgument", "Provided max-keys not an integer or within integer range"), (status, element(body, "Code"), element(body, "Message")))
        status, _, body = send(f"{server().endpoint}/{bucket}/k", "OPTIONS", headers={"Origin": "http://a.example", "Access-Control-Request-Method": "GET"})
        self.assertEqual((403, "AccessForbidden"), (status, element(body, "Code")))


class Documents(TarnTest):
    def test_a_document_that_is_not_what_was_sent_is_refused(self):
        s3, bucket = client("s3"), self.bucket()
        s3.put_object(Bucket=bucket, Key="k", Body=b"v")
        body = b"<Delete><Object><Key>k</Key></Object></Delete>"
        for header, value, code in (
                ("Content-MD5", base64.b64encode(bytes(16)).decode(), "BadDigest"),
                ("Content-MD5", "short", "InvalidDigest"),
                ("x-amz-checksum-crc32", "AAAAAA==", "BadDigest"),
                ("x-amz-checksum-sha256", base64.b64encode(bytes(32)).decode(), "BadDigest")):
            with self.subTest(header):
                status, _, answer = call("POST", f"/{bucket}?delete", body, {header: value})
                self.assertEqual((400, code), (status, element(answer, "Code")))
        self.assertEqual(1, s3.list_objects_v2(Bucket=bucket)["KeyCount"])
        self.assertEqual(200, call("POST", f"/{bucket}?delete", body, {"Content-MD5": base64.b64encode(hashlib.md5(body).digest()).decode()})[0])
        self.assertEqual(0, s3.list_objects_v2(Bucket=bucket)["KeyCount"])


class Headers(TarnTest):
    def test_headers_that_are_not_ascii_come_back_as_they_came(self):
        bucket = self.bucket()
        url = presign("PUT", f"{server().endpoint}/{bucket}/k", {})
        given = 'attachment; filename="é日.txt"'.encode()
        self.assertEqual(200, send(url, "PUT", b"v", {"Content-Disposition": given})[0])
        status, headers, body = call("GET", f"/{bucket}/k")
        self.assertEqual((200, given, b"v"), (status, headers["Content-Disposition"].encode("latin-1"), body))

    def test_response_headers_that_cannot_be_are_refused(self):
        s3, bucket = client("s3"), self.bucket()
        s3.put_object(Bucket=bucket, Key="k", Body=b"v")
        for value in ("%E2%82%AC", "a%0D%0AX-Injected:%20b"):
            status, _, body = call("GET", f"/{bucket}/k?response-content-disposition={value}")
            self.assertEqual((400, "InvalidArgument", "response-content-disposition"), (status, element(body, "Code"), element(body, "ArgumentName")))
            self.assertEqual(400, call("HEAD", f"/{bucket}/k?response-content-disposition={value}")[0])

    def test_dates_that_are_none(self):
        bucket = self.bucket()
        for expires in ("0", "-1", "never", "Thu, 01 Dec 2033 16:00:00 GMT"):
            self.assertEqual(200, call("PUT", f"/{bucket}/k", b"v", {"Expires": expires})[0])
            self.assertEqual((200, expires), (lambda answer: (answer[0], answer[1]["Expires"]))(call("GET", f"/{bucket}/k")))
            self.assertEqual(expires, call("HEAD", f"/{bucket}/k")[1]["Expires"])
        for name in ("If-Modified-Since", "If-Unmodified-Since"):
            self.assertEqual(200, call("GET", f"/{bucket}/k", headers={name: "yesterday"})[0])

    def test_a_range_of_another_object_is_none(self):
        s3, bucket = client("s3"), self.bucket()
        etag = s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]
        modified = call("HEAD", f"/{bucket}/k")[1]["Last-Modified"]
        for value, expected in ((etag, (206, b"23")), (modified, (206, b"23")), ('"other"', (200, b"0123456789")), ("Sat, 01 Jan 2000 00:00:00 GMT", (200, b"0123456789"))):
            status, _, body = call("GET", f"/{bucket}/k", headers={"Range": "bytes=2-3", "If-Range": value})
            self.assertEqual(expected, (status, body))

    def test_what_is_asked_of_an_object_is_checked(self):
        s3, bucket = client("s3"), self.bucket()
        for code, given in (
                ("InvalidStorageClass", {"StorageClass": "COLD"}),
                ("InvalidArgument", {"ServerSideEncryption": "ROT13"}),
                ("InvalidRedirectLocation", {"WebsiteRedirectLocation": "elsewhere"})):
            with self.subTest(code):
                self.refused(code, s3.put_object, Bucket=bucket, Key="k", Body=b"", **given)
        self.refused("InvalidRequest", s3.create_multipart_upload, Bucket=bucket, Key="k", ChecksumAlgorithm="CRC12")
        s3.put_object(Bucket=bucket, Key="k", Body=b"v", ContentType="")
        got = s3.get_object(Bucket=bucket, Key="k")
        self.assertEqual(("binary/octet-stream", "AES256"), (got["ContentType"], got["ServerSideEncryption"]))
        self.assertEqual("Part number must be an integer between 1 and 10000, inclusive",
                         self.refused("InvalidArgument", s3.get_object, Bucket=bucket, Key="k", PartNumber=0)["Error"]["Message"])
        self.assertEqual("Version id cannot be the empty string", element(call("GET", f"/{bucket}/k?versionId=")[2], "Message"))
