"""What Kinesis Data Streams takes and what it refuses, up to the last value, through boto3: how streams are named, sizes, keys, iterators, lists and quotas."""

import datetime
import hashlib
import json
import math
import time
import urllib.error
import urllib.request

from suite.tarn import REGION, Server, client, server, unique, wait_until
from suite.test_kinesis import HALF, KinesisTest
from suite.test_kinesis_records import RecordsTest

MIB = 1 << 20
LAST = str((1 << 128) - 1)
SHARD = "shardId-000000000000"


class EdgesTest(RecordsTest):
    def setUp(self):
        super().setUp()
        # What is beyond a limit is to be refused by the server, not before it is sent.
        self.kinesis = client("kinesis", parameter_validation=False)


def arn_of(name, account="000000000000"):
    return f"arn:aws:kinesis:{REGION}:{account}:stream/{name}"


class Names(KinesisTest):
    """Every operation on a stream takes its name, its ARN, or both."""

    def calls(self):
        """(method, arguments without the stream) of operations that may be called on a stream of one shard again and again."""
        return [
            ("describe_stream", {}), ("describe_stream_summary", {}), ("list_shards", {}), ("list_tags_for_stream", {}),
            ("put_record", {"PartitionKey": "k", "Data": b"x"}),
            ("put_records", {"Records": [{"PartitionKey": "k", "Data": b"x"}]}),
            ("get_shard_iterator", {"ShardId": SHARD, "ShardIteratorType": "LATEST"}),
            ("add_tags_to_stream", {"Tags": {"a": "b"}}), ("remove_tags_from_stream", {"TagKeys": ["a"]}),
            ("increase_stream_retention_period", {"RetentionPeriodHours": 24}), ("decrease_stream_retention_period", {"RetentionPeriodHours": 24}),
            ("enable_enhanced_monitoring", {"ShardLevelMetrics": ["ALL"]}), ("disable_enhanced_monitoring", {"ShardLevelMetrics": ["ALL"]}),
            ("start_stream_encryption", {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}), ("stop_stream_encryption", {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}),
            ("update_shard_count", {"TargetShardCount": 1, "ScalingType": "UNIFORM_SCALING"}),
        ]

    def ends(self):
        return [
            ("split_shard", {"ShardToSplit": SHARD, "NewStartingHashKey": HALF}),
            ("merge_shards", {"ShardToMerge": SHARD, "AdjacentShardToMerge": "shardId-000000000001"}),
            ("delete_stream", {}),
        ]

    def test_by_name_by_ARN_or_by_both(self):
        arn = self.create()
        for stream in ({"StreamName": self.name}, {"StreamARN": arn}, {"StreamName": self.name, "StreamARN": arn}):
            for method, arguments in self.calls():
                with self.subTest(method, **stream):
                    getattr(self.kinesis, method)(**stream, **arguments)

    def test_splits_merges_and_deletions_by_ARN(self):
        arn = self.create()
        self.kinesis.split_shard(StreamARN=arn, ShardToSplit=SHARD, NewStartingHashKey=HALF)
        self.kinesis.merge_shards(StreamARN=arn, ShardToMerge="shardId-000000000001", AdjacentShardToMerge="shardId-000000000002")
        iterator = self.kinesis.get_shard_iterator(StreamARN=arn, ShardId="shardId-000000000003", ShardIteratorType="LATEST")["ShardIterator"]
        self.assertEqual(0, self.kinesis.get_records(StreamARN=arn, ShardIterator=iterator)["MillisBehindLatest"])
        self.kinesis.delete_stream(StreamARN=arn)
        self.words("ResourceNotFoundException", self.kinesis.describe_stream_summary, StreamARN=arn)

    def test_neither_name_nor_ARN(self):
        for method, arguments in self.calls() + self.ends():
            with self.subTest(method):
                self.words("InvalidArgumentException", getattr(self.kinesis, method), **arguments)

    def test_streams_that_are_not_there(self):
        name = unique("none")
        for stream in ({"StreamName": name}, {"StreamARN": arn_of(name)}):
            for method, arguments in self.calls() + self.ends():
                with self.subTest(method, **stream):
                    message = self.words("ResourceNotFoundException", getattr(self.kinesis, method), **stream, **arguments)
                    self.assertEqual(f"Stream {name} under account 000000000000 not found.", message)

    def test_ARNs_that_name_nothing_of_the_caller(self):
        self.create()
        self.refused("AccessDeniedException", self.kinesis.put_record, StreamARN=arn_of(self.name, "111111111111"), PartitionKey="k", Data=b"x")
        for arn in (f"arn:aws:s3:{REGION}:000000000000:stream/{self.name}", f"arn:aws:kinesis:{REGION}:000000000000:table/{self.name}", f"{arn_of(self.name)}/consumer/c:1"):
            with self.subTest(arn):
                error = self.refused_with(self.kinesis.describe_stream_summary, StreamARN=arn)
                self.assertIn(error, ("ValidationException", "InvalidArgumentException"))

    def refused_with(self, call, **arguments):
        try:
            call(**arguments)
        except self.kinesis.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        self.fail("it was not refused")


class Sizes(EdgesTest):
    def large(self, shards=1):
        arn = self.create(shards)
        self.kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=10240)
        return arn

    def test_the_largest_record_is_what_the_stream_says(self):
        arn = self.create()
        for kib in (1024, 1025, 5000, 10240):
            self.kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=kib)
            data = bytes([kib & 255]) * (kib * 1024 - 3)
            sent = self.put("key", data)
            self.put_words("InvalidArgumentException", "key", data + b"x")
            self.put_words("InvalidArgumentException", "key4", data)
            records, _ = self.drain(sent["ShardId"], "AT_SEQUENCE_NUMBER", StartingSequenceNumber=sent["SequenceNumber"])
            self.assertEqual([hashlib.sha256(data).digest()], [hashlib.sha256(r["Data"]).digest() for r in records])
        for kib in (1023, 10241):
            self.refused("ValidationException", self.kinesis.update_max_record_size, StreamARN=arn, MaxRecordSizeInKiB=kib)

    def test_ten_mebibytes_in_one_request(self):
        self.large(2)
        entries = [{"PartitionKey": f"{i:04}", "Data": bytes([i]) * (MIB - 4)} for i in range(10)]
        answer = self.kinesis.put_records(StreamName=self.name, Records=entries)
        self.assertEqual(0, answer["FailedRecordCount"])
        self.words("InvalidArgumentException", self.kinesis.put_records, StreamName=self.name, Records=entries + [{"PartitionKey": "k", "Data": b""}])
        found = {r["SequenceNumber"]: r["Data"] for shard in self.shards() for r in self.drain(shard["ShardId"])[0]}
        self.assertEqual([entry["Data"] for entry in entries], [found[r["SequenceNumber"]] for r in answer["Records"]])

    def test_one_record_that_is_too_large_refuses_them_all(self):
        self.create()
        self.words("InvalidArgumentException", self.kinesis.put_records, StreamName=self.name, Records=[{"PartitionKey": "k", "Data": b"x"}, {"PartitionKey": "k", "Data": b"x" * MIB}])
        self.assertEqual([], self.drain(SHARD)[0])

    def test_a_page_has_at_most_ten_mebibytes(self):
        self.large()
        for _ in range(2):
            self.kinesis.put_records(StreamName=self.name, Records=[{"PartitionKey": "0123", "Data": b"x" * (MIB - 4)}] * 7)
        first = self.kinesis.get_records(ShardIterator=self.iterator(SHARD))
        self.assertEqual(10, len(first["Records"]))
        self.assertGreater(first["MillisBehindLatest"], 0)
        second = self.kinesis.get_records(ShardIterator=first["NextShardIterator"])
        self.assertEqual((4, 0), (len(second["Records"]), second["MillisBehindLatest"]))

    def test_empty_data(self):
        self.create()
        self.put("a", b"")
        self.kinesis.put_records(StreamName=self.name, Records=[{"PartitionKey": "b", "Data": b""}] * 3)
        self.assertEqual([("a", b""), ("b", b""), ("b", b""), ("b", b"")], [(r["PartitionKey"], r["Data"]) for r in self.drain(SHARD)[0]])


class Keys(EdgesTest):
    def test_partition_keys_are_1_to_256_characters(self):
        self.create(2)
        for key in ("x", "é" * 256, "ж" * 256, "漢" * 256, "\x00\n\"\\/" * 51, " "):
            with self.subTest(key[:4]):
                answer = self.put(key)
                self.assertEqual(int(hashlib.md5(key.encode()).hexdigest(), 16) >> 127, int(answer["ShardId"][-1]))
                many = self.kinesis.put_records(StreamName=self.name, Records=[{"PartitionKey": key, "Data": b"x"}] * 2)
                self.assertEqual({answer["ShardId"]}, {r["ShardId"] for r in many["Records"]})
                records, _ = self.drain(answer["ShardId"], "AT_SEQUENCE_NUMBER", StartingSequenceNumber=answer["SequenceNumber"])
                self.assertEqual([key] * 3, [r["PartitionKey"] for r in records])
        self.assertIn("Member must have length less than or equal to 256", self.put_words("ValidationException", "漢" * 257))

    def test_explicit_hash_keys(self):
        self.create(3)
        third = (1 << 128) // 3
        for key, shard in (("0", 0), (str(third - 1), 0), (str(third), 1), (str(2 * third - 1), 1), (str(2 * third), 2), (LAST, 2)):
            with self.subTest(key):
                self.assertEqual(f"shardId-{shard:012}", self.put("k", ExplicitHashKey=key)["ShardId"])
                many = self.kinesis.put_records(StreamName=self.name, Records=[{"PartitionKey": "k", "Data": b"", "ExplicitHashKey": key}])
                self.assertEqual(f"shardId-{shard:012}", many["Records"][0]["ShardId"])
        for key in (str(1 << 128), "9" * 39):
            message = self.put_words("InvalidArgumentException", "k", ExplicitHashKey=key)
            self.assertEqual(f"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {key}", message)
        for key in ("00", "-1", "1" * 40, "a", ""):
            self.assertIn("0|([1-9]\\d{0,38})", self.put_words("ValidationException", "k", ExplicitHashKey=key))

    def test_numbers_that_order_what_follows(self):
        self.create()
        last = None
        for i in range(5):
            answer = self.put("k", str(i).encode(), **({"SequenceNumberForOrdering": last} if last else {}))
            self.assertGreater(int(answer["SequenceNumber"]), int(last or 0))
            last = answer["SequenceNumber"]
        self.kinesis.split_shard(StreamName=self.name, ShardToSplit=SHARD, NewStartingHashKey=HALF)
        for i in range(3):
            # The numbers of a shard that was just made are ahead of the clock.
            answer = self.put("k", b"child", SequenceNumberForOrdering=last)
            self.assertGreater(int(answer["SequenceNumber"]), int(last))
            last = answer["SequenceNumber"]
        digits = f"{int(last):x}"
        future = f"{int(time.time()) + 1000:09x}"
        for wrong in ("3" + digits[1:], digits[:-1] + "4", digits[:29] + future + digits[38:], digits[:11] + "8" + digits[12:], digits[:38] + "8" + digits[39:]):
            with self.subTest(wrong):
                number = str(int(wrong, 16))
                self.assertEqual(
                    f"ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream {self.name} under account 000000000000 is invalid.",
                    self.put_words("InvalidArgumentException", "k", SequenceNumberForOrdering=number))


class Iterators(EdgesTest):
    def test_what_is_asked_for_must_fit_the_type(self):
        self.create()
        number = self.put("k")["SequenceNumber"]
        start = lambda kind, **more: self.words("InvalidArgumentException", self.kinesis.get_shard_iterator, StreamName=self.name, ShardId=SHARD, ShardIteratorType=kind, **more)
        ways = "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified "
        for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
            self.assertEqual(f"{ways}{kind} and no StartingSequenceNumber.", start(kind))
        for kind in ("LATEST", "TRIM_HORIZON"):
            self.assertEqual(f"{ways}{kind} and also a StartingSequenceNumber.", start(kind, StartingSequenceNumber=number))
        start("AT_TIMESTAMP")
        start("AT_TIMESTAMP", Timestamp=datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1))
        self.refused("ValidationException", self.kinesis.get_shard_iterator, StreamName=self.name, ShardId=SHARD, ShardIteratorType="FIRST")

    def test_numbers_of_elsewhere(self):
        self.create(2)
        number = self.put("k", ExplicitHashKey="0")["SequenceNumber"]
        start = lambda shard, text: self.words(
            "InvalidArgumentException", self.kinesis.get_shard_iterator, StreamName=self.name, ShardId=shard, ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=text)
        self.assertEqual(
            "Invalid StartingSequenceNumber. It encodes shardId-000000000000, while it was used in a call to a shard with shardId-000000000001", start("shardId-000000000001", number))
        digits = f"{int(number):x}"
        other = str(int(digits[:1] + f"{int(digits[1:10], 16) - 99:09x}" + digits[10:], 16))
        where = f"used in GetShardIterator on shard {SHARD} in stream {self.name} under account 000000000000 is invalid"
        self.assertEqual(f"StartingSequenceNumber {other} {where} because it did not come from this stream.", start(SHARD, other))
        large = str(int(digits[:11] + "8" + digits[12:], 16))
        self.assertEqual(f"StartingSequenceNumber {large} {where}.", start(SHARD, large))

    def test_shards_by_any_name_with_their_number(self):
        self.create()
        for shard in ("0", "shard-0", "-00000", "any.thing_at-all-0"):
            self.iterator(shard)
        start = lambda shard: self.words("ResourceNotFoundException", self.kinesis.get_shard_iterator, StreamName=self.name, ShardId=shard, ShardIteratorType="LATEST")
        where = f"in stream {self.name} under account 000000000000"
        self.assertEqual(f"Shard shardId-000000000005 {where} does not exist", start("shardId-5"))
        self.assertEqual(f"Shard shardId-002147483647 {where} does not exist", start("2147483647"))
        for shard in ("2147483648", "ABC", "2.14E4"):
            self.assertEqual(f"Could not find shard {shard} {where}.", start(shard))

    def test_iterators_of_others(self):
        self.create()
        iterator = self.iterator(SHARD)
        other = unique("py")
        self.kinesis.create_stream(StreamName=other, ShardCount=1)
        self.words("InvalidArgumentException", self.kinesis.get_records, ShardIterator=iterator, StreamARN=arn_of(other))
        for limit in (0, 10_001):
            self.assertIn("at 'limit'", self.words("ValidationException", self.kinesis.get_records, ShardIterator=iterator, Limit=limit))
        for text in ("a", "a" * 512, iterator[:-4], iterator + "AAAA", iterator[::-1]):
            self.assertEqual("Invalid ShardIterator.", self.words("InvalidArgumentException", self.kinesis.get_records, ShardIterator=text))
        self.refused("ValidationException", self.kinesis.get_records, ShardIterator="a" * 513)
        self.kinesis.delete_stream(StreamName=other)

    def test_a_stream_of_the_same_name_does_not_take_the_iterators_of_the_one_before(self):
        self.create()
        iterator = self.iterator(SHARD)
        self.kinesis.delete_stream(StreamName=self.name)
        self.create()
        self.words("ResourceNotFoundException", self.kinesis.get_records, ShardIterator=iterator)


class Expiry(KinesisTest):
    def test_iterators_and_tokens_expire(self):
        own = Server("--kinesis.iterator-lifetime", "00:00:02", "--kinesis.next-token-lifetime", "00:00:02")
        self.addCleanup(own.stop)
        self.kinesis = client("kinesis", own.endpoint)
        self.create(3)
        iterator = self.kinesis.get_shard_iterator(StreamName=self.name, ShardId=SHARD, ShardIteratorType="LATEST")["ShardIterator"]
        token = self.kinesis.list_shards(StreamName=self.name, MaxResults=1)["NextToken"]
        fresh = self.kinesis.get_records(ShardIterator=iterator)["NextShardIterator"]
        made = time.monotonic()
        wait_until(time.monotonic, lambda clock: clock > made + 2.1)
        for old in (iterator, fresh):
            message = self.words("ExpiredIteratorException", self.kinesis.get_records, ShardIterator=old)
            self.assertRegex(message, r"^Iterator expired\. The iterator was created at time \w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4} while right now it is \w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4} "
                                      r"which is further in the future than the tolerated delay of 2000 milliseconds\.$")
        self.words("ExpiredNextTokenException", self.kinesis.list_shards, NextToken=token)


class Lists(EdgesTest):
    def test_filters_of_shards(self):
        self.create(2)
        self.kinesis.split_shard(StreamName=self.name, ShardToSplit=SHARD, NewStartingHashKey="77")
        numbers = lambda **shard_filter: [int(shard["ShardId"][-12:]) for shard in self.shards(ShardFilter=shard_filter)]
        # boto3 sends whole seconds: the next one is after the split.
        now = math.ceil(time.time())
        wait_until(time.time, lambda clock: clock > now)
        self.assertEqual([0, 1, 2, 3], numbers(Type="FROM_TRIM_HORIZON"))
        self.assertEqual([0, 1], numbers(Type="AT_TRIM_HORIZON"))
        self.assertEqual([1, 2, 3], numbers(Type="AT_LATEST"))
        self.assertEqual([2, 3], numbers(Type="AFTER_SHARD_ID", ShardId="shardId-000000000001"))
        self.assertEqual([1, 2, 3], numbers(Type="AT_TIMESTAMP", Timestamp=now))
        self.assertEqual([0, 1], numbers(Type="AT_TIMESTAMP", Timestamp=0))
        self.assertEqual([0, 1, 2, 3], numbers(Type="FROM_TIMESTAMP", Timestamp=0))
        self.assertEqual([1, 2, 3], numbers(Type="FROM_TIMESTAMP", Timestamp=now))
        for wrong in ({"Type": "AFTER_SHARD_ID"}, {"Type": "AT_TIMESTAMP"}, {"Type": "FROM_TIMESTAMP"}):
            self.words("InvalidArgumentException", self.kinesis.list_shards, StreamName=self.name, ShardFilter=wrong)
        self.refused("ValidationException", self.kinesis.list_shards, StreamName=self.name, ShardFilter={"Type": "SOME"})

    def test_pages_of_shards(self):
        self.create(30)
        described, more = [], True
        while more:
            start = {"ExclusiveStartShardId": described[-1]} if described else {}
            page = self.kinesis.describe_stream(StreamName=self.name, Limit=7, **start)["StreamDescription"]
            described += [shard["ShardId"] for shard in page["Shards"]]
            more = page["HasMoreShards"]
        self.assertEqual([f"shardId-{i:012}" for i in range(30)], described)
        self.assertEqual(described[7:], [s["ShardId"] for s in self.kinesis.list_shards(StreamName=self.name, ExclusiveStartShardId=described[6])["Shards"]])
        token = self.kinesis.list_shards(StreamName=self.name, MaxResults=10)["NextToken"]
        page = self.kinesis.list_shards(NextToken=token, MaxResults=10_000)
        self.assertEqual((described[10:], False), ([s["ShardId"] for s in page["Shards"]], "NextToken" in page))
        self.words("InvalidArgumentException", self.kinesis.list_shards, NextToken=token, ExclusiveStartShardId=SHARD)
        self.words("InvalidArgumentException", self.kinesis.list_shards, NextToken="AAAA")
        self.words("InvalidArgumentException", self.kinesis.list_shards)
        for size in (0, 10_001):
            self.refused("ValidationException", self.kinesis.list_shards, StreamName=self.name, MaxResults=size)

    def test_pages_of_tags_and_of_streams(self):
        self.create(Tags={f"key-{i:02}": str(i) for i in range(25)})
        first = self.kinesis.list_tags_for_stream(StreamName=self.name, Limit=10)
        self.assertEqual(([f"key-{i:02}" for i in range(10)], True), ([tag["Key"] for tag in first["Tags"]], first["HasMoreTags"]))
        rest = self.kinesis.list_tags_for_stream(StreamName=self.name, ExclusiveStartTagKey="key-09")
        self.assertEqual((15, False), (len(rest["Tags"]), rest["HasMoreTags"]))
        streams = self.kinesis.list_streams(Limit=1, ExclusiveStartStreamName=self.name[:-1])
        self.assertEqual([self.name], streams["StreamNames"])
        self.assertEqual([(self.name, "ACTIVE")], [(s["StreamName"], s["StreamStatus"]) for s in streams["StreamSummaries"]])
        self.refused("ValidationException", self.kinesis.list_streams, Limit=0)


class Quotas(EdgesTest):
    def test_consumers(self):
        arn = self.create()
        made = [self.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=f"c-{i:02}")["Consumer"] for i in range(20)]
        self.refused("LimitExceededException", self.kinesis.register_stream_consumer, StreamARN=arn, ConsumerName="one-more")
        self.kinesis.deregister_stream_consumer(StreamARN=arn, ConsumerName="c-00")
        self.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="one-more")
        self.refused("ResourceInUseException", self.kinesis.register_stream_consumer, StreamARN=arn, ConsumerName="c-01")
        self.assertEqual(20, len({consumer["ConsumerARN"] for consumer in made}))
        self.refused("ResourceNotFoundException", self.kinesis.deregister_stream_consumer, StreamARN=arn, ConsumerName="c-00")
        self.refused("ResourceNotFoundException", self.kinesis.describe_stream_consumer, ConsumerARN=made[0]["ConsumerARN"])
        self.refused("InvalidArgumentException", self.kinesis.describe_stream_consumer)

    def test_tags(self):
        arn = self.create()
        for i in range(5):
            self.kinesis.add_tags_to_stream(StreamName=self.name, Tags={f"{i}-{j}": "v" * 256 for j in range(10)})
        self.refused("InvalidArgumentException", self.kinesis.add_tags_to_stream, StreamName=self.name, Tags={"one-more": ""})
        self.kinesis.untag_resource(ResourceARN=arn, TagKeys=["0-0"])
        self.kinesis.tag_resource(ResourceARN=arn, Tags={"k" * 128: ""})
        self.refused("ValidationException", self.kinesis.add_tags_to_stream, StreamName=self.name, Tags={"k" * 129: ""})
        self.refused("ValidationException", self.kinesis.add_tags_to_stream, StreamName=self.name, Tags={"k": "v" * 257})

    def test_retention(self):
        self.create()
        up, down = self.kinesis.increase_stream_retention_period, self.kinesis.decrease_stream_retention_period
        up(StreamName=self.name, RetentionPeriodHours=8760)
        self.words("InvalidArgumentException", up, StreamName=self.name, RetentionPeriodHours=8761)
        self.words("InvalidArgumentException", up, StreamName=self.name, RetentionPeriodHours=100)
        down(StreamName=self.name, RetentionPeriodHours=24)
        self.words("InvalidArgumentException", down, StreamName=self.name, RetentionPeriodHours=23)
        self.words("InvalidArgumentException", down, StreamName=self.name, RetentionPeriodHours=48)

    def test_shards(self):
        self.create(2)
        split, merge = self.kinesis.split_shard, self.kinesis.merge_shards
        for key in ("0", "1", str((1 << 127) - 1), HALF):
            message = self.words("InvalidArgumentException", split, StreamName=self.name, ShardToSplit=SHARD, NewStartingHashKey=key)
            self.assertIn("is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey", message)
        split(StreamName=self.name, ShardToSplit=SHARD, NewStartingHashKey="2")
        for pair in (("shardId-000000000001", "shardId-000000000003"), ("shardId-000000000002", "shardId-000000000001")):
            message = self.words("InvalidArgumentException", merge, StreamName=self.name, ShardToMerge=pair[0], AdjacentShardToMerge=pair[1])
            self.assertIn("are not an adjacent pair of shards eligible for merging", message)
        self.refused("ResourceNotFoundException", split, StreamName=self.name, ShardToSplit="shardId-000000000009", NewStartingHashKey="7")
        self.refused("LimitExceededException", self.kinesis.update_shard_count, StreamName=self.name, TargetShardCount=1, ScalingType="UNIFORM_SCALING")
        for i in range(10):
            self.kinesis.update_shard_count(StreamName=self.name, TargetShardCount=3, ScalingType="UNIFORM_SCALING")
        self.refused("LimitExceededException", self.kinesis.update_shard_count, StreamName=self.name, TargetShardCount=3, ScalingType="UNIFORM_SCALING")
        self.refused("LimitExceededException", self.kinesis.create_stream, StreamName=unique("py"), ShardCount=100_000)

    def test_batches(self):
        self.create()
        put = self.kinesis.put_records
        for count in (0, 501):
            self.refused("ValidationException", put, StreamName=self.name, Records=[{"PartitionKey": "k", "Data": b"x"}] * count)
        self.assertEqual(500, len(put(StreamName=self.name, Records=[{"PartitionKey": "k", "Data": b"x"}] * 500)["Records"]))
        self.refused("ValidationException", put, StreamName=self.name, Records=[{"PartitionKey": "k", "Data": b"x"}, {"PartitionKey": "", "Data": b"x"}])

    def test_policies(self):
        arn = self.create()
        self.refused("ResourceNotFoundException", self.kinesis.get_resource_policy, ResourceARN=arn)
        self.refused("InvalidArgumentException", self.kinesis.put_resource_policy, ResourceARN=arn, Policy="no document")
        policy = json.dumps({"Version": "2012-10-17", "Statement": []})
        self.kinesis.put_resource_policy(ResourceARN=arn, Policy=policy)
        consumer = self.kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reader")["Consumer"]["ConsumerARN"]
        self.kinesis.put_resource_policy(ResourceARN=consumer, Policy=policy)
        self.assertEqual(policy, self.kinesis.get_resource_policy(ResourceARN=consumer)["Policy"])


class Unknown(EdgesTest):
    def test_operations_of_newer_models_say_that_they_are_not_there(self):
        names = set(self.kinesis.meta.service_model.operation_names)
        newer = ["CreateChannel", "DescribeChannel", "UpdateChannel", "DeleteChannel", "ListChannels", "UpdateStreamRecordDistributionStrategy"]
        for operation in newer + ["MakeCoffee"]:
            self.assertNotIn(operation, names)
            request = urllib.request.Request(
                server().endpoint, b"{}", {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"Kinesis_20131202.{operation}"})
            with self.assertRaises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(request)
            self.assertEqual((400, "UnknownOperationException"), (caught.exception.code, json.load(caught.exception)["__type"]))
