"""Kinesis in CBOR, as AWS's Java clients speak it: requests made by hand and signed by botocore, answers compared with those that boto3 gets in JSON."""

import datetime
import hashlib

from suite import cbor
from suite.tarn import REGION, boto3, server, unique
from suite.test_kinesis import HALF, KinesisTest

if boto3:
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
    import botocore.httpsession

UTC = datetime.timezone.utc
TYPE = "application/x-amz-cbor-1.1"


class CborTest(KinesisTest):
    def setUp(self):
        super().setUp()
        self.http = botocore.httpsession.URLLib3Session()
        self.addCleanup(self.http.close)

    def send(self, operation, body):
        request = botocore.awsrequest.AWSRequest("POST", server().endpoint + "/", {"Content-Type": TYPE, "X-Amz-Target": f"Kinesis_20131202.{operation}"}, body)
        botocore.auth.SigV4Auth(botocore.credentials.Credentials("test", "test"), "kinesis", REGION).add_auth(request)
        response = self.http.send(request.prepare())
        self.assertEqual(TYPE, response.headers["Content-Type"], response.content)
        return response.status_code, cbor.decode(response.content) if response.content else {}

    def call(self, operation, **arguments):
        status, answer = self.send(operation, cbor.encode(arguments))
        self.assertEqual(200, status, answer)
        return answer

    def fails(self, code, operation, **arguments):
        status, answer = self.send(operation, cbor.encode(arguments))
        self.assertEqual((400, code), (status, answer["__type"]), answer)
        return answer["message"]

    def same(self, operation, **arguments):
        """The answer in CBOR says what the answer in JSON says."""
        method = "".join("_" + letter.lower() if letter.isupper() else letter for letter in operation)[1:]
        expected = getattr(self.kinesis, method)(**arguments)
        del expected["ResponseMetadata"]
        self.assertEqual(expected, self.call(operation, **arguments))
        return expected


class Records(CborTest):
    def test_blobs_are_raw_and_times_are_tagged_milliseconds(self):
        arn = self.create()
        data = bytes(range(256))
        put = self.call("PutRecord", StreamName=self.name, PartitionKey="ключ", Data=data)
        many = self.call("PutRecords", StreamARN=arn, Records=[{"PartitionKey": "k", "Data": b""}, {"Data": b"\xff" * 3000, "ExplicitHashKey": "0", "PartitionKey": "k"}])
        self.assertEqual((0, 2), (many["FailedRecordCount"], len(many["Records"])))
        iterator = self.call("GetShardIterator", StreamName=self.name, ShardId=put["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        page = self.call("GetRecords", ShardIterator=iterator, Limit=2)
        self.assertEqual([("ключ", data, put["SequenceNumber"]), ("k", b"", many["Records"][0]["SequenceNumber"])], [(r["PartitionKey"], r["Data"], r["SequenceNumber"]) for r in page["Records"]])
        self.assertGreater(page["MillisBehindLatest"], 0)
        json = self.kinesis.get_records(ShardIterator=iterator, Limit=2)
        self.assertEqual([r["ApproximateArrivalTimestamp"] for r in json["Records"]], [r["ApproximateArrivalTimestamp"] for r in page["Records"]])
        last = self.call("GetRecords", ShardIterator=page["NextShardIterator"], StreamARN=arn)
        self.assertEqual(([b"\xff" * 3000], 0), ([r["Data"] for r in last["Records"]], last["MillisBehindLatest"]))

    def test_iterators_at_a_time(self):
        self.create()
        self.call("PutRecord", StreamName=self.name, PartitionKey="k", Data=b"1")
        start = lambda time: self.call("GetShardIterator", StreamName=self.name, ShardId="0", ShardIteratorType="AT_TIMESTAMP", Timestamp=time)["ShardIterator"]
        record = self.call("GetRecords", ShardIterator=start(datetime.datetime(1970, 1, 1, tzinfo=UTC)))["Records"][0]
        arrival = record["ApproximateArrivalTimestamp"]
        self.assertEqual([record], self.call("GetRecords", ShardIterator=start(arrival))["Records"])
        self.assertEqual([], self.call("GetRecords", ShardIterator=start(arrival + datetime.timedelta(milliseconds=1)))["Records"])

    def test_the_end_of_a_shard(self):
        self.create()
        self.call("PutRecord", StreamName=self.name, PartitionKey="k", Data=b"1")
        self.call("SplitShard", StreamName=self.name, ShardToSplit="shardId-000000000000", NewStartingHashKey=HALF)
        iterator = self.call("GetShardIterator", StreamName=self.name, ShardId="shardId-000000000000", ShardIteratorType="LATEST")["ShardIterator"]
        end = self.call("GetRecords", ShardIterator=iterator)
        self.assertEqual({"Records", "MillisBehindLatest", "ChildShards"}, set(end))
        self.assertEqual(
            [("shardId-000000000001", ["shardId-000000000000"], "0"), ("shardId-000000000002", ["shardId-000000000000"], HALF)],
            [(c["ShardId"], c["ParentShards"], c["HashKeyRange"]["StartingHashKey"]) for c in end["ChildShards"]])

    def test_ten_mebibytes_in_one_record_and_in_many(self):
        arn = self.create()
        self.call("UpdateMaxRecordSize", StreamARN=arn, MaxRecordSizeInKiB=10240)
        large = b"\x00\xff" * (5 << 20)
        put = self.call("PutRecord", StreamName=self.name, PartitionKey="k", Data=large[1:])
        self.fails("InvalidArgumentException", "PutRecord", StreamName=self.name, PartitionKey="k", Data=large)
        many = [{"PartitionKey": f"{i:03}", "Data": large[:(1 << 20) - 3]} for i in range(10)]
        self.assertEqual(0, self.call("PutRecords", StreamName=self.name, Records=many)["FailedRecordCount"])
        self.fails("InvalidArgumentException", "PutRecords", StreamName=self.name, Records=many + [{"PartitionKey": "k", "Data": b""}])
        iterator = self.call("GetShardIterator", StreamName=self.name, ShardId=put["ShardId"], ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=put["SequenceNumber"])["ShardIterator"]
        first = self.call("GetRecords", ShardIterator=iterator)
        self.assertEqual([hashlib.sha256(large[1:]).digest()], [hashlib.sha256(r["Data"]).digest() for r in first["Records"]])
        self.assertEqual(10, len(self.call("GetRecords", ShardIterator=first["NextShardIterator"])["Records"]))


class ControlPlane(CborTest):
    def test_every_reading_operation_answers_as_in_JSON(self):
        self.call("CreateStream", StreamName=self.name, ShardCount=2, Tags={"a": "1"})
        arn = self.summary()["StreamARN"]
        self.call("AddTagsToStream", StreamName=self.name, Tags={"größe": "2"})
        consumer = self.call("RegisterStreamConsumer", StreamARN=arn, ConsumerName="reader")["Consumer"]
        self.assertIsInstance(consumer["ConsumerCreationTimestamp"], datetime.datetime)
        self.call("PutResourcePolicy", ResourceARN=arn, Policy='{"Version": "2012-10-17", "Statement": []}')
        self.assertEqual("", self.same("DescribeStream", StreamName=self.name)["StreamDescription"].get("KeyId", ""))
        self.same("DescribeStreamSummary", StreamARN=arn)
        self.assertEqual(2, len(self.same("ListShards", StreamName=self.name)["Shards"]))
        self.same("ListShards", StreamName=self.name, ShardFilter={"Type": "AT_LATEST"})
        self.same("ListTagsForStream", StreamName=self.name)
        self.same("ListTagsForResource", ResourceARN=arn)
        self.same("ListStreamConsumers", StreamARN=arn)
        self.same("DescribeStreamConsumer", ConsumerARN=consumer["ConsumerARN"])
        self.same("GetResourcePolicy", ResourceARN=arn)
        self.same("DescribeAccountSettings")
        self.assertIn(self.name, [name for name in self.call("ListStreams", Limit=100, ExclusiveStartStreamName=self.name[:-1])["StreamNames"]])
        self.assertEqual({"ShardLimit", "OpenShardCount", "OnDemandStreamCount", "OnDemandStreamCountLimit"}, set(self.call("DescribeLimits")))

    def test_every_changing_operation(self):
        self.call("CreateStream", StreamName=self.name, StreamModeDetails={"StreamMode": "PROVISIONED"}, ShardCount=1)
        arn = self.summary()["StreamARN"]
        self.call("MergeShards", **self.split())
        self.assertEqual((1, 2), tuple(self.call("UpdateShardCount", StreamARN=arn, TargetShardCount=2, ScalingType="UNIFORM_SCALING")[m] for m in ("CurrentShardCount", "TargetShardCount")))
        self.call("IncreaseStreamRetentionPeriod", StreamName=self.name, RetentionPeriodHours=100)
        self.call("DecreaseStreamRetentionPeriod", StreamName=self.name, RetentionPeriodHours=30)
        self.assertEqual([], self.call("EnableEnhancedMonitoring", StreamName=self.name, ShardLevelMetrics=["IncomingBytes"])["CurrentShardLevelMetrics"])
        self.assertEqual([], self.call("DisableEnhancedMonitoring", StreamName=self.name, ShardLevelMetrics=["ALL"])["DesiredShardLevelMetrics"])
        self.call("StartStreamEncryption", StreamName=self.name, EncryptionType="KMS", KeyId="alias/aws/kinesis")
        self.call("StopStreamEncryption", StreamName=self.name, EncryptionType="KMS", KeyId="alias/aws/kinesis")
        self.call("UpdateMaxRecordSize", StreamARN=arn, MaxRecordSizeInKiB=2048)
        self.call("UpdateStreamMode", StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
        self.call("TagResource", ResourceARN=arn, Tags={"b": "2"})
        self.call("UntagResource", ResourceARN=arn, TagKeys=["b"])
        self.call("AddTagsToStream", StreamName=self.name, Tags={"c": "3"})
        self.call("RemoveTagsFromStream", StreamName=self.name, TagKeys=["c"])
        self.call("PutResourcePolicy", ResourceARN=arn, Policy='{"Version": "2012-10-17", "Statement": []}')
        self.call("DeleteResourcePolicy", ResourceARN=arn)
        self.call("RegisterStreamConsumer", StreamARN=arn, ConsumerName="reader")
        self.fails("ResourceInUseException", "DeleteStream", StreamName=self.name)
        self.call("DeregisterStreamConsumer", StreamARN=arn, ConsumerName="reader")
        summary = self.summary()
        self.assertEqual((2, 30, "ON_DEMAND", 2048), (summary["OpenShardCount"], summary["RetentionPeriodHours"], summary["StreamModeDetails"]["StreamMode"], summary["MaxRecordSizeInKiB"]))
        self.call("DeleteStream", StreamName=self.name, EnforceConsumerDeletion=True)
        self.fails("ResourceNotFoundException", "DescribeStreamSummary", StreamName=self.name)

    def split(self):
        self.call("SplitShard", StreamName=self.name, ShardToSplit="shardId-000000000000", NewStartingHashKey=HALF)
        return {"StreamName": self.name, "ShardToMerge": "shardId-000000000001", "AdjacentShardToMerge": "shardId-000000000002"}


class Errors(CborTest):
    def test_errors_are_documents_of_CBOR(self):
        name = unique("none")
        self.assertEqual(f"Stream {name} under account 000000000000 not found.", self.fails("ResourceNotFoundException", "PutRecord", StreamName=name, PartitionKey="k", Data=b""))
        self.assertEqual(
            "2 validation errors detected: Value null at 'partitionKey' failed to satisfy constraint: Member must not be null; Value null at 'data' failed to satisfy constraint: Member must not be null",
            self.fails("ValidationException", "PutRecord", StreamName=name))
        self.assertEqual("Invalid ShardIterator.", self.fails("InvalidArgumentException", "GetRecords", ShardIterator="AAAA"))

    def test_what_is_no_document_or_of_the_wrong_kind(self):
        for body in (b"", b"{}", b"\xbf", b"\xa0\xa0", cbor.encode({"StreamName": 7})):
            self.assertEqual((400, "SerializationException"), (self.send("DescribeStream", body)[0], self.send("DescribeStream", body)[1]["__type"]), body)
        for wrong in ({"Data": "text"}, {"PartitionKey": b"bytes"}, {"Records": {}}):
            operation = "PutRecords" if "Records" in wrong else "PutRecord"
            self.assertEqual("SerializationException", self.send(operation, cbor.encode({"StreamName": self.name, **wrong}))[1]["__type"], wrong)

    def test_operations_that_are_not_there(self):
        for operation in ("CreateChannel", "ListChannels", "MakeCoffee"):
            self.assertEqual((400, "UnknownOperationException"), (self.send(operation, b"\xa0")[0], self.send(operation, b"\xa0")[1]["__type"]))
