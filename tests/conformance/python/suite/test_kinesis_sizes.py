"""How large records, requests, pages and keys may be in Kinesis Data Streams, up to the last byte, through boto3."""

import hashlib
import time

from suite.test_kinesis import HALF
from suite.test_kinesis_edges import SHARD, EdgesTest

MIB = 1 << 20
LAST = str((1 << 128) - 1)


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
