"""Records of Kinesis Data Streams through boto3: puts, iterators, reads, and reads across splits and merges."""

import base64
import datetime
import hashlib

from suite.tarn import boto3, server, unique
from suite.test_kinesis import HALF, KinesisTest


class RecordsTest(KinesisTest):
    def put(self, key, data=b"x", **more):
        return self.kinesis.put_record(StreamName=self.name, PartitionKey=key, Data=data, **more)

    def put_words(self, code, key, data=b"x", **more):
        return self.words(code, self.kinesis.put_record, StreamName=self.name, PartitionKey=key, Data=data, **more)

    def iterator(self, shard, kind="TRIM_HORIZON", **more):
        return self.kinesis.get_shard_iterator(StreamName=self.name, ShardId=shard, ShardIteratorType=kind, **more)["ShardIterator"]

    def drain(self, shard, kind="TRIM_HORIZON", limit=10_000, **more):
        """All records from a place to the tip, or to the end of a closed shard, and the last answer."""
        iterator, records = self.iterator(shard, kind, **more), []
        while True:
            page = self.kinesis.get_records(ShardIterator=iterator, Limit=limit)
            records += page["Records"]
            iterator = page.get("NextShardIterator")
            if iterator is None or page["MillisBehindLatest"] == 0:
                return records, page


class Records(RecordsTest):
    def test_records_come_back_whole_and_in_order(self):
        self.create(2)
        before = datetime.datetime.now(datetime.timezone.utc)
        sent = {}
        for i in range(40):
            key, data = f"kéy-{i % 5}", bytes([i]) * (i * 37)
            answer = self.put(key, data)
            sent.setdefault(answer["ShardId"], []).append((key, data, answer["SequenceNumber"]))
            owner = int(hashlib.md5(key.encode()).hexdigest(), 16) >= 1 << 127
            self.assertEqual(f"shardId-{int(owner):012}", answer["ShardId"])
        for shard, expected in sent.items():
            records, last = self.drain(shard, limit=3)
            self.assertEqual(expected, [(r["PartitionKey"], r["Data"], r["SequenceNumber"]) for r in records])
            self.assertEqual(records, sorted(records, key=lambda r: int(r["SequenceNumber"])))
            self.assertEqual(0, last["MillisBehindLatest"])
            self.assertTrue(all(len(r["SequenceNumber"]) == 56 for r in records))
            self.assertTrue(all(abs((r["ApproximateArrivalTimestamp"] - before).total_seconds()) < 60 for r in records))

    def test_put_records_answers_one_to_one(self):
        self.create(4)
        entries = [{"PartitionKey": str(i), "Data": str(i).encode()} for i in range(500)]
        answer = self.kinesis.put_records(StreamName=self.name, Records=entries)
        self.assertEqual((0, 500), (answer["FailedRecordCount"], len(answer["Records"])))
        found = {}
        for shard in self.shards():
            for record in self.drain(shard["ShardId"], limit=77)[0]:
                found[record["SequenceNumber"]] = (shard["ShardId"], record["Data"])
        self.assertEqual([(r["ShardId"], str(i).encode()) for i, r in enumerate(answer["Records"])], [found[r["SequenceNumber"]] for r in answer["Records"]])
        error = self.refused("ValidationException", self.kinesis.put_records, StreamName=self.name, Records=entries + entries[:1])
        self.assertIn("Member must have length less than or equal to 500", error["Error"]["Message"])

    def test_explicit_hash_keys_choose_the_shard(self):
        self.create(2)
        self.assertEqual("shardId-000000000000", self.put("k", ExplicitHashKey="0")["ShardId"])
        self.assertEqual("shardId-000000000001", self.put("k", ExplicitHashKey=HALF)["ShardId"])
        self.assertIn("2^128-1", self.put_words("InvalidArgumentException", "k", ExplicitHashKey=str(1 << 128)))

    def test_sizes(self):
        self.create()
        self.put("k", b"y" * ((1 << 20) - 1))
        self.put_words("InvalidArgumentException", "k", b"y" * (1 << 20))
        self.kinesis.update_max_record_size(StreamARN=self.summary()["StreamARN"], MaxRecordSizeInKiB=10240)
        self.put("k", b"z" * (5 << 20))
        self.assertEqual([(1 << 20) - 1, 5 << 20], [len(r["Data"]) for r in self.drain("shardId-000000000000")[0]])
        empty = self.put("k", b"")
        self.assertEqual([b""], [r["Data"] for r in self.drain("shardId-000000000000", "AT_SEQUENCE_NUMBER", StartingSequenceNumber=empty["SequenceNumber"])[0]])

    def test_iterators_of_each_type(self):
        self.create()
        shard = "shardId-000000000000"
        latest = self.iterator(shard, "LATEST")
        numbers = [self.put("k", str(i).encode())["SequenceNumber"] for i in range(4)]
        data = lambda *arguments, **more: [r["Data"] for r in self.drain(shard, *arguments, **more)[0]]
        self.assertEqual([b"0", b"1", b"2", b"3"], [r["Data"] for r in self.kinesis.get_records(ShardIterator=latest)["Records"]])
        self.assertEqual([b"2", b"3"], data("AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[2]))
        self.assertEqual([b"3"], data("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[2]))
        self.assertEqual([], data("LATEST"))
        first = self.drain(shard)[0][0]
        self.assertEqual([b"0", b"1", b"2", b"3"], data("AT_TIMESTAMP", Timestamp=first["ApproximateArrivalTimestamp"]))
        self.assertEqual(4, len(data("AT_TIMESTAMP", Timestamp=0)))
        start = self.kinesis.list_shards(StreamName=self.name)["Shards"][0]["SequenceNumberRange"]["StartingSequenceNumber"]
        self.assertEqual(4, len(data("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=start)))
        # An iterator may be used again.
        self.assertEqual(4, len(self.kinesis.get_records(ShardIterator=latest)["Records"]))

    def test_what_is_refused(self):
        self.create()
        shard = "shardId-000000000000"
        get = self.kinesis.get_shard_iterator
        self.words("ResourceNotFoundException", get, StreamName=self.name, ShardId="shardId-000000000009", ShardIteratorType="LATEST")
        self.words("InvalidArgumentException", get, StreamName=self.name, ShardId=shard, ShardIteratorType="AT_SEQUENCE_NUMBER")
        self.words("InvalidArgumentException", get, StreamName=self.name, ShardId=shard, ShardIteratorType="AT_TIMESTAMP")
        self.words("InvalidArgumentException", get, StreamName=self.name, ShardId=shard, ShardIteratorType="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber="12")
        forged = bytearray(base64.b64decode(self.iterator(shard)))
        forged[-1] ^= 1
        self.words("InvalidArgumentException", self.kinesis.get_records, ShardIterator=base64.b64encode(forged).decode())
        self.words("InvalidArgumentException", self.kinesis.get_records, ShardIterator="AAAA")
        self.put_words("InvalidArgumentException", "k", SequenceNumberForOrdering="1")
        self.words("ResourceNotFoundException", self.kinesis.put_record, StreamName=unique("none"), PartitionKey="k", Data=b"x")
        iterator = self.iterator(shard)
        self.kinesis.delete_stream(StreamName=self.name)
        self.words("ResourceNotFoundException", self.kinesis.get_records, ShardIterator=iterator)

    def test_order_of_a_key_holds_across_splits_and_merges(self):
        self.create()
        sent = []
        def send(count):
            for _ in range(count):
                sent.append(self.put("key", str(len(sent)).encode())["ShardId"])
        send(5)
        self.kinesis.split_shard(StreamName=self.name, ShardToSplit="shardId-000000000000", NewStartingHashKey=HALF)
        send(5)
        self.kinesis.merge_shards(StreamName=self.name, ShardToMerge="shardId-000000000001", AdjacentShardToMerge="shardId-000000000002")
        send(5)
        seen, waiting, done = [], ["shardId-000000000000"], set()
        while waiting:
            shard = waiting.pop(0)
            records, last = self.drain(shard, limit=2)
            seen += [int(r["Data"]) for r in records]
            done.add(shard)
            if shard != "shardId-000000000003":
                self.assertNotIn("NextShardIterator", last)
                for child in last["ChildShards"]:
                    if set(child["ParentShards"]) <= done and child["ShardId"] not in waiting:
                        waiting.append(child["ShardId"])
        self.assertEqual(list(range(15)), seen)
        self.assertEqual({"shardId-000000000000", "shardId-000000000003"}, {sent[0], sent[-1]})

    def test_other_regions_do_not_see_the_stream(self):
        self.create()
        other = boto3.client("kinesis", endpoint_url=server().endpoint, region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test")
        self.refused("ResourceNotFoundException", other.put_record, StreamName=self.name, PartitionKey="k", Data=b"x")
