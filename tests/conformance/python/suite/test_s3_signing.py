"""Signature version 2, which boto3 presigns with on an endpoint of one's own unless told otherwise, and headers inside presigned URLs."""

import html
import http.client
import re
import time
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials

from suite.tarn import REGION, TarnTest, boto3, client, server, botocore as _botocore


def send(url, method="GET", data=None, headers=None):
    """Status, headers and body, whatever the status is; the host of a URL is reached at the server's address."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", urllib.parse.urlsplit(server().endpoint).port, timeout=60)
    connection.request(method, parts.path + ("?" + parts.query if parts.query else ""), body=data, headers={"Host": parts.netloc} | (headers or {}))
    answer = connection.getresponse()
    try:
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def presign(method, url, query):
    """A URL of version 4 with these parameters and the host as its only signed header."""
    request = botocore.awsrequest.AWSRequest(method, f"{url}?{urllib.parse.urlencode(query)}")
    botocore.auth.S3SigV4QueryAuth(botocore.credentials.Credentials("test", "test"), "s3", REGION, expires=60).add_auth(request)
    return request.url


def element(body, name):
    found = re.search(rf"<{name}>(.*?)</{name}>".encode(), body, re.DOTALL)
    return found and html.unescape(found[1].decode())


class SignatureVersion2(TarnTest):
    def test_presigned_urls_of_boto3_as_it_comes(self):
        s3 = boto3.client("s3", endpoint_url=server().endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
        bucket = self.bucket()
        put = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "a b+ü/x.txt", "ContentType": "text/x-own", "Metadata": {"owner": "me"}})
        self.assertIn("AWSAccessKeyId=", put)
        self.assertEqual(200, send(put, "PUT", b"hello", {"Content-Type": "text/x-own", "x-amz-meta-owner": "me"})[0])
        head = s3.head_object(Bucket=bucket, Key="a b+ü/x.txt")
        self.assertEqual(("text/x-own", {"owner": "me"}), (head["ContentType"], head["Metadata"]))

        # The same URL says all of it by itself, but for the type, which is a header of the upload alone.
        self.assertEqual(403, send(put, "PUT", b"other", {"Content-Type": "text/html"})[0])
        get = s3.generate_presigned_url("get_object", Params={
            "Bucket": bucket, "Key": "a b+ü/x.txt", "ResponseContentType": "text/y; a=b", "ResponseContentDisposition": 'attachment; filename="a b.txt"'})
        status, headers, body = send(get)
        self.assertEqual((200, b"hello", "text/y; a=b", 'attachment; filename="a b.txt"'), (status, body, headers["Content-Type"], headers["Content-Disposition"]))
        self.assertEqual(403, send(get, "DELETE")[0])
        self.assertEqual(403, send(get.replace("text%2Fy", "text%2Fz"))[0])
        self.assertEqual(204, send(s3.generate_presigned_url("delete_object", Params={"Bucket": bucket, "Key": "a b+ü/x.txt"}), "DELETE")[0])
        self.assertIn(b"<KeyCount>0</KeyCount>", send(s3.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket, "Prefix": "x"}))[2])

    def test_an_expired_url_says_when(self):
        s3, bucket = client("s3"), self.bucket()
        url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=-60)
        status, _, body = send(url)
        self.assertEqual((403, "AccessDenied", "Request has expired"), (status, element(body, "Code"), element(body, "Message")))
        self.assertRegex(element(body, "Expires"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertRegex(element(body, "ServerTime"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        status, _, body = send(re.sub(r"Expires=\d+", f"Expires={int(time.time()) + 60}", url))
        self.assertEqual((403, "SignatureDoesNotMatch"), (status, element(body, "Code")))
        self.assertIn(f"/{bucket}/k", element(body, "StringToSign"))

    def test_a_url_cannot_be_made_another_request(self):
        s3, bucket = client("s3"), self.bucket()
        url = s3.generate_presigned_url("list_objects", Params={"Bucket": bucket})
        self.assertEqual(200, send(url)[0])
        self.assertEqual(403, send(url + "&acl")[0])
        status, _, body = send(url + "&publicAccessBlock")
        self.assertEqual((400, "InvalidRequest"), (status, element(body, "Code")))

    def test_a_form_content_type_does_not_make_it_another_service(self):
        s3, bucket = client("s3"), self.bucket()
        request = botocore.awsrequest.AWSRequest("PUT", f"{server().endpoint}/{bucket}/k", headers={"Content-Type": "application/x-www-form-urlencoded"}, data=b"a=b")
        botocore.auth.HmacV1Auth(botocore.credentials.Credentials("test", "test")).add_auth(request)
        self.assertEqual(200, send(request.url, "PUT", b"a=b", dict(request.headers.items()))[0])
        self.assertEqual(b"a=b", s3.get_object(Bucket=bucket, Key="k")["Body"].read())

    def test_requests_signed_in_the_header(self):
        s3, bucket = client("s3", signature_version="s3"), self.bucket()
        s3.put_object(Bucket=bucket, Key="a b/ü", Body=b"x" * 300_000, Metadata={"two": "spaces  here"}, ContentType="a/b; c=d", Tagging="k=v")
        self.assertEqual(300_000, len(s3.get_object(Bucket=bucket, Key="a b/ü")["Body"].read()))
        self.assertEqual(["a b/ü"], [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="a b", Delimiter="+")["Contents"]])
        self.assertEqual([{"Key": "k", "Value": "v"}], s3.get_object_tagging(Bucket=bucket, Key="a b/ü")["TagSet"])
        upload = s3.create_multipart_upload(Bucket=bucket, Key="m")["UploadId"]
        part = s3.upload_part(Bucket=bucket, Key="m", UploadId=upload, PartNumber=1, Body=b"p")
        s3.complete_multipart_upload(Bucket=bucket, Key="m", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
        s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "m"}, {"Key": "a b/ü"}]})
        self.assertNotIn("Contents", s3.list_objects(Bucket=bucket))
        wrong = boto3.client("s3", endpoint_url=server().endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="other",
                             config=_botocore.config.Config(signature_version="s3"))
        self.refused("SignatureDoesNotMatch", wrong.list_objects, Bucket=bucket)

    def test_host_style_in_both_versions(self):
        for version in ("s3", "s3v4"):
            with self.subTest(version):
                bucket = self.bucket()
                endpoint = server().endpoint.replace("127.0.0.1", "localhost")
                s3 = boto3.client("s3", endpoint_url=endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test",
                                  config=_botocore.config.Config(signature_version=version, s3={"addressing_style": "virtual"}))
                url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "a b"})
                self.assertTrue(urllib.parse.urlsplit(url).netloc.startswith(bucket + "."), url)
                self.assertEqual(200, send(url, "PUT", b"v")[0])
                self.assertIn(b"<Key>a%20b</Key>", send(s3.generate_presigned_url("list_objects", Params={"Bucket": bucket}))[2])

    def test_temporary_credentials(self):
        issued = client("sts").get_session_token()["Credentials"]
        bucket = self.bucket()
        for version in ("s3", "s3v4"):
            with self.subTest(version):
                s3 = boto3.client("s3", endpoint_url=server().endpoint, region_name=REGION, aws_access_key_id=issued["AccessKeyId"],
                                  aws_secret_access_key=issued["SecretAccessKey"], aws_session_token=issued["SessionToken"],
                                  config=_botocore.config.Config(signature_version=version))
                s3.put_object(Bucket=bucket, Key="k", Body=b"v")
                self.assertEqual(b"v", send(s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}))[2])


class PresignedHeaders(TarnTest):
    """Headers in the query of a presigned URL, where the presigners of other SDKs put them."""

    def test_they_are_headers_of_the_request(self):
        s3, bucket = client("s3"), self.bucket()
        url = presign("PUT", f"{server().endpoint}/{bucket}/k", {"x-amz-meta-owner": "me", "X-Amz-Storage-Class": "STANDARD_IA", "x-amz-tagging": "a=b"})
        self.assertEqual(200, send(url, "PUT", b"v")[0])
        head = s3.head_object(Bucket=bucket, Key="k")
        self.assertEqual(({"owner": "me"}, "STANDARD_IA", 1), (head["Metadata"], head["StorageClass"], head["TagCount"]))
        copy = presign("PUT", f"{server().endpoint}/{bucket}/copy", {"x-amz-copy-source": f"/{bucket}/k"})
        self.assertIn(b"<CopyObjectResult", send(copy, "PUT")[2])
        self.assertEqual(b"v", s3.get_object(Bucket=bucket, Key="copy")["Body"].read())

    def test_a_checksum_there_is_passed_over_as_s3_does(self):
        bucket = self.bucket()
        url = presign("PUT", f"{server().endpoint}/{bucket}/k", {"x-amz-checksum-crc32": "AAAAAA==", "x-amz-sdk-checksum-algorithm": "CRC32"})
        self.assertEqual(200, send(url, "PUT", b"not empty")[0])

    def test_a_header_that_nobody_signed_is_refused(self):
        bucket = self.bucket()
        url = presign("PUT", f"{server().endpoint}/{bucket}/k", {"x-amz-meta-a": "1"})
        status, _, body = send(url, "PUT", b"v", {"x-amz-meta-b": "2"})
        self.assertEqual((403, "x-amz-meta-b"), (status, element(body, "HeadersNotSigned")))
