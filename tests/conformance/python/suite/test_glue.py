"""The Data Catalog, crawlers and jobs through boto3, whose parser checks the shape of every answer."""

import textwrap

from suite.tarn import REGION, TarnTest, client, unique, wait_until

ROLE = "arn:aws:iam::000000000000:role/any"


def columns(**types):
    return [{"Name": name, "Type": kind} for name, kind in types.items()]


class GlueTest(TarnTest):
    def database(self):
        name = unique("py").replace("-", "_")
        client("glue").create_database(DatabaseInput={"Name": name})
        return name


class Catalog(GlueTest):
    def test_databases(self):
        glue, name = client("glue"), self.database()
        self.refused("AlreadyExistsException", glue.create_database, DatabaseInput={"Name": name})
        glue.update_database(Name=name, DatabaseInput={"Name": name, "Description": "d", "Parameters": {"p": "1"}})
        database = glue.get_database(Name=name)["Database"]
        self.assertEqual(("d", {"p": "1"}), (database["Description"], database["Parameters"]))
        self.assertIn(name, [d["Name"] for page in glue.get_paginator("get_databases").paginate(PaginationConfig={"PageSize": 2}) for d in page["DatabaseList"]])
        glue.delete_database(Name=name)
        message = self.refused("EntityNotFoundException", glue.get_database, Name=name)["Error"]["Message"]
        self.assertEqual(f"Database {name} not found.", message)

    def test_tables_and_versions(self):
        glue, database = client("glue"), self.database()
        for comment in range(3):
            table = {"Name": "t", "Parameters": {"n": str(comment)}, "StorageDescriptor": {"Columns": columns(a="bigint")}}
            (glue.update_table if comment else glue.create_table)(DatabaseName=database, TableInput=table)
        self.assertEqual("2", glue.get_table(DatabaseName=database, Name="t")["Table"]["Parameters"]["n"])
        pages = glue.get_paginator("get_table_versions").paginate(DatabaseName=database, TableName="t", PaginationConfig={"PageSize": 2})
        versions = {v["VersionId"]: v["Table"]["Parameters"]["n"] for page in pages for v in page["TableVersions"]}
        self.assertEqual({"0": "0", "1": "1", "2": "2"}, versions)
        self.assertEqual("0", glue.get_table_version(DatabaseName=database, TableName="t", VersionId="0")["TableVersion"]["Table"]["Parameters"]["n"])
        gone = glue.batch_delete_table_version(DatabaseName=database, TableName="t", VersionIds=["0", "9"])
        self.assertEqual(["9"], [e["VersionId"] for e in gone["Errors"]])
        for n in range(5):
            glue.create_table(DatabaseName=database, TableInput={"Name": f"other{n}"})
        pages = glue.get_paginator("get_tables").paginate(DatabaseName=database, Expression="other.*", PaginationConfig={"PageSize": 2})
        self.assertEqual([f"other{n}" for n in range(5)], sorted(t["Name"] for page in pages for t in page["TableList"]))
        found = glue.search_tables(Filters=[{"Key": "DatabaseName", "Value": database}], SearchText="other3")
        self.assertEqual(["other3"], [t["Name"] for t in found["TableList"]])
        errors = glue.batch_delete_table(DatabaseName=database, TablesToDelete=["other0", "nothing"])["Errors"]
        self.assertEqual([("nothing", "EntityNotFoundException")], [(e["TableName"], e["ErrorDetail"]["ErrorCode"]) for e in errors])
        self.refused("EntityNotFoundException", glue.get_table, DatabaseName=database, Name="other0")

    def test_partitions(self):
        glue, database = client("glue"), self.database()
        storage = {"Columns": columns(v="string"), "Location": "s3://b/t/"}
        glue.create_table(DatabaseName=database, TableInput={
            "Name": "t", "StorageDescriptor": storage, "PartitionKeys": columns(year="int", day="string")})
        table = {"DatabaseName": database, "TableName": "t"}
        values = [[str(year), f"d{day:02}"] for year in range(2020, 2024) for day in range(20)]
        errors = glue.batch_create_partition(**table, PartitionInputList=[
            {"Values": v, "StorageDescriptor": {**storage, "Location": f"s3://b/t/{v[0]}/{v[1]}/"}} for v in values])["Errors"]
        self.assertEqual([], errors)
        errors = glue.batch_create_partition(**table, PartitionInputList=[{"Values": values[0]}])["Errors"]
        self.assertEqual(["AlreadyExistsException"], [e["ErrorDetail"]["ErrorCode"] for e in errors])

        def read(**more):
            pages = glue.get_paginator("get_partitions").paginate(**table, PaginationConfig={"PageSize": 7}, **more)
            return sorted(p["Values"] for page in pages for p in page["Partitions"])
        self.assertEqual(values, read())
        for expression, keep in (
                ("year = 2021", lambda y, d: y == 2021),
                ("year > 2021 AND day <= 'd03'", lambda y, d: y > 2021 and d <= "d03"),
                ("year IN (2020, 2023) AND (day LIKE 'd1%' OR day = 'd05')", lambda y, d: y in (2020, 2023) and (d[:2] == "d1" or d == "d05")),
                ("year BETWEEN 2021 AND 2022 AND NOT day = 'd00'", lambda y, d: 2021 <= y <= 2022 and d != "d00")):
            with self.subTest(expression):
                self.assertEqual([v for v in values if keep(int(v[0]), v[1])], read(Expression=expression))
        segments = [read(Segment={"SegmentNumber": n, "TotalSegments": 3}) for n in range(3)]
        self.assertEqual(values, sorted(v for segment in segments for v in segment))
        self.refused("InvalidInputException", glue.get_partitions, **table, Expression="nothing = 1")
        got = glue.batch_get_partition(**table, PartitionsToGet=[{"Values": values[3]}, {"Values": ["1", "x"]}])
        self.assertEqual([values[3]], [p["Values"] for p in got["Partitions"]])
        self.assertEqual([], got["UnprocessedKeys"])  # what does not exist is left out: a key here would be asked for again
        glue.update_partition(**table, PartitionValueList=values[0], PartitionInput={"Values": values[0], "Parameters": {"k": "v"}})
        self.assertEqual({"k": "v"}, glue.get_partition(**table, PartitionValues=values[0])["Partition"]["Parameters"])
        self.assertEqual([], glue.batch_delete_partition(**table, PartitionsToDelete=[{"Values": v} for v in values[:25]])["Errors"])
        self.assertEqual(values[25:], read())

    def test_tags(self):
        glue, name = client("glue"), unique("tagged")
        glue.create_crawler(Name=name, Role=ROLE, DatabaseName="d", Targets={"S3Targets": [{"Path": "s3://b/"}]}, Tags={"a": "1"})
        arn = f"arn:aws:glue:{REGION}:000000000000:crawler/{name}"
        glue.tag_resource(ResourceArn=arn, TagsToAdd={"b": "2"})
        glue.untag_resource(ResourceArn=arn, TagsToRemove=["a"])
        self.assertEqual({"b": "2"}, glue.get_tags(ResourceArn=arn)["Tags"])
        self.assertIn(name, glue.list_crawlers(Tags={"b": "2"})["CrawlerNames"])


class Crawlers(GlueTest):
    def test_crawl_with_a_classifier_of_ones_own(self):
        glue, s3, database, bucket, name = client("glue"), client("s3"), self.database(), self.bucket(), unique("crawl")
        for day in ("01", "02"):
            s3.put_object(Bucket=bucket, Key=f"in/sales/day={day}/f.csv", Body=f"1;Köln;2.5\n2;Paris;{day}.0\n".encode())
        glue.create_classifier(CsvClassifier={
            "Name": name, "Delimiter": ";", "QuoteSymbol": '"', "ContainsHeader": "ABSENT", "Header": ["id", "city", "price"]})
        self.assertEqual(";", glue.get_classifier(Name=name)["Classifier"]["CsvClassifier"]["Delimiter"])
        glue.create_crawler(Name=name, Role=ROLE, DatabaseName=database, TablePrefix="p_", Classifiers=[name],
                            Targets={"S3Targets": [{"Path": f"s3://{bucket}/in/sales/"}]})
        glue.start_crawler(Name=name)
        crawler = wait_until(lambda: glue.get_crawler(Name=name)["Crawler"], lambda c: c["State"] == "READY" and "LastCrawl" in c)
        self.assertEqual("SUCCEEDED", crawler["LastCrawl"]["Status"], crawler)
        table = glue.get_table(DatabaseName=database, Name="p_sales")["Table"]
        self.assertEqual(columns(id="bigint", city="string", price="double"), [{"Name": c["Name"], "Type": c["Type"]} for c in table["StorageDescriptor"]["Columns"]])
        self.assertEqual(["day"], [c["Name"] for c in table["PartitionKeys"]])
        self.assertEqual([["01"], ["02"]], sorted(p["Values"] for p in glue.get_partitions(DatabaseName=database, TableName="p_sales")["Partitions"]))
        self.assertEqual(1, glue.get_crawler_metrics(CrawlerNameList=[name])["CrawlerMetricsList"][0]["TablesCreated"])
        self.assertEqual("COMPLETED", glue.list_crawls(CrawlerName=name)["Crawls"][0]["State"])
        glue.delete_crawler(Name=name)
        glue.delete_classifier(Name=name)
        self.refused("EntityNotFoundException", glue.get_crawler, Name=name)


class Jobs(GlueTest):
    def job(self, script, **more):
        bucket, name = self.bucket(), unique("job")
        client("s3").put_object(Bucket=bucket, Key="job.py", Body=textwrap.dedent(script).encode())
        client("glue").create_job(Name=name, Role=ROLE, MaxCapacity=0.0625, Command={
            "Name": "pythonshell", "PythonVersion": "3.9", "ScriptLocation": f"s3://{bucket}/job.py"}, **more)
        return name, bucket

    def ended(self, name, run):
        return wait_until(lambda: client("glue").get_job_run(JobName=name, RunId=run)["JobRun"],
                          lambda r: r["JobRunState"] in ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR"))

    def test_a_job_that_calls_back(self):
        glue, database = client("glue"), self.database()
        name, bucket = self.job("""
            import sys
            try:
                import boto3
            except ImportError:
                print("no boto3 here"); sys.exit(0)
            arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
            boto3.client("glue").create_table(DatabaseName=arguments["--database"], TableInput={"Name": "made_by_the_job"})
            boto3.client("s3").put_object(Bucket=arguments["--bucket"], Key="out", Body=arguments["--greeting"].encode())
            """, DefaultArguments={"--greeting": "hello", "--bucket": "overridden"}, Tags={"k": "v"})
        run = glue.start_job_run(JobName=name, Arguments={"--bucket": bucket, "--database": database})["JobRunId"]
        ended = self.ended(name, run)
        self.assertEqual("SUCCEEDED", ended["JobRunState"], ended.get("ErrorMessage"))
        self.assertEqual({"k": "v"}, glue.get_tags(ResourceArn=f"arn:aws:glue:{REGION}:000000000000:job/{name}")["Tags"])
        self.assertEqual([run], [r["Id"] for page in glue.get_paginator("get_job_runs").paginate(JobName=name) for r in page["JobRuns"]])
        if "Contents" not in client("s3").list_objects_v2(Bucket=bucket, Prefix="out"):
            self.skipTest("the python of jobs has no boto3")
        self.assertEqual(b"hello", client("s3").get_object(Bucket=bucket, Key="out")["Body"].read())
        glue.get_table(DatabaseName=database, Name="made_by_the_job")

    def test_failures_say_why(self):
        name, _ = self.job("raise ValueError('no such luck')")
        ended = self.ended(name, client("glue").start_job_run(JobName=name)["JobRunId"])
        self.assertEqual("FAILED", ended["JobRunState"])
        self.assertIn("no such luck", ended["ErrorMessage"])

    def test_stop_and_concurrent_runs(self):
        glue = client("glue")
        name, _ = self.job("import time\ntime.sleep(600)")
        run = glue.start_job_run(JobName=name)["JobRunId"]
        self.refused("ConcurrentRunsExceededException", glue.start_job_run, JobName=name)
        stopped = glue.batch_stop_job_run(JobName=name, JobRunIds=[run, "jr_none"])
        self.assertEqual([run], [s["JobRunId"] for s in stopped["SuccessfulSubmissions"]])
        self.assertEqual(["jr_none"], [e["JobRunId"] for e in stopped["Errors"]])
        self.assertEqual("STOPPED", self.ended(name, run)["JobRunState"])

    def test_jobs_are_kept_listed_and_deleted(self):
        glue = client("glue")
        name, _ = self.job("pass")
        job = glue.get_job(JobName=name)["Job"]
        self.assertEqual(("pythonshell", 0.0625, 1), (job["Command"]["Name"], job["MaxCapacity"], job["ExecutionProperty"]["MaxConcurrentRuns"]))
        glue.update_job(JobName=name, JobUpdate={"Role": ROLE, "Command": job["Command"], "Description": "new", "Timeout": 5})
        job = glue.get_job(JobName=name)["Job"]
        self.assertEqual(("new", 5), (job["Description"], job["Timeout"]))
        self.assertIn(name, [j for page in glue.get_paginator("list_jobs").paginate(PaginationConfig={"PageSize": 1}) for j in page["JobNames"]])
        got = glue.batch_get_jobs(JobNames=[name, "none"])
        self.assertEqual(([name], ["none"]), ([j["Name"] for j in got["Jobs"]], got["JobsNotFound"]))
        self.assertEqual(name, glue.delete_job(JobName=name)["JobName"])
        self.refused("EntityNotFoundException", glue.get_job, JobName=name)
        self.refused("EntityNotFoundException", glue.start_job_run, JobName=name)
