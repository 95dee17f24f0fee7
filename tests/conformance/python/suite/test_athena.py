"""Athena through boto3: the life of a query, its result files byte for byte, and the reading of a table as libraries over boto3 do it."""

import csv
import io

from suite.tarn import TarnTest, client, unique, wait_until
from suite.protobuf import fields


class AthenaTest(TarnTest):
    def setUp(self):
        self.lake = self.bucket()
        self.output = f"s3://{self.lake}/results/"
        self.name = unique("py").replace("-", "_")
        client("glue").create_database(DatabaseInput={"Name": self.name})

    def execute(self, sql, **more):
        athena = client("athena")
        more.setdefault("ResultConfiguration", {"OutputLocation": self.output})
        query = athena.start_query_execution(QueryString=sql, QueryExecutionContext={"Database": self.name}, **more)["QueryExecutionId"]
        return wait_until(lambda: athena.get_query_execution(QueryExecutionId=query)["QueryExecution"],
                          lambda q: q["Status"]["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"))

    def succeed(self, sql, **more):
        query = self.execute(sql, **more)
        self.assertEqual("SUCCEEDED", query["Status"]["State"], query["Status"].get("StateChangeReason"))
        return query

    def rows(self, sql, **more):
        query = self.succeed(sql, **more)["QueryExecutionId"]
        pages = client("athena").get_paginator("get_query_results").paginate(QueryExecutionId=query, PaginationConfig={"PageSize": 3})
        return [[c.get("VarCharValue") for c in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]]

    def read(self, location):
        bucket, key = location.removeprefix("s3://").split("/", 1)
        return client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()

    def orders(self):
        client("s3").put_object(Bucket=self.lake, Key="orders/f.csv", Body=b'id,city,amount\n1,Berlin,2.5\n2,"Paris, FR",4\n3,Berlin,\n')
        self.succeed(f"""CREATE EXTERNAL TABLE orders (id bigint, city string, amount string)
            ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
            LOCATION 's3://{self.lake}/orders/' TBLPROPERTIES ('skip.header.line.count'='1')""")


class Queries(AthenaTest):
    def test_result_file_and_its_metadata(self):
        query = self.succeed("""SELECT 1 AS i, CAST(NULL AS varchar) AS n, '' AS e, 'a"b' AS q, true AS b, 1e10 AS d, DECIMAL '1.50' AS m,
            TIMESTAMP '2020-01-02 03:04:05.006' AS t, DATE '2020-01-02' AS dt, ARRAY[1, 2] AS a, MAP(ARRAY['k'], ARRAY[1]) AS mp, X'6162' AS bin,
            CAST(NULL AS bigint) AS last""")
        location = query["ResultConfiguration"]["OutputLocation"]
        self.assertEqual(f"{self.output}{query['QueryExecutionId']}.csv", location)
        self.assertEqual(
            '"i","n","e","q","b","d","m","t","dt","a","mp","bin","last"\n'
            '"1",,"","a""b","true","1.0E10","1.50","2020-01-02 03:04:05.006","2020-01-02","[1, 2]","{k=1}","61 62",\n'.encode(), self.read(location))
        metadata = fields(self.read(location + ".metadata"))
        described = [{number: value for number, value in fields(column)} for number, column in metadata if number == 4]
        self.assertEqual(
            [b"integer", b"varchar", b"varchar", b"varchar", b"boolean", b"double", b"decimal", b"timestamp", b"date", b"array", b"map", b"varbinary", b"bigint"],
            [column[6] for column in described])
        self.assertEqual((b"hive", b"i", b"i", 10, 3), tuple(described[0][n] for n in (1, 4, 5, 7, 9)))
        self.assertEqual((3, 2), (described[6][7], described[6][8]))

    def test_pages_and_columns(self):
        rows = self.rows("SELECT x, CAST(x AS varchar) AS s FROM UNNEST(sequence(1, 10)) AS t(x) ORDER BY x")
        self.assertEqual([["x", "s"]] + [[str(n), str(n)] for n in range(1, 11)], rows)
        query = self.succeed("SELECT 1 AS a, 'x' AS b")["QueryExecutionId"]
        info = client("athena").get_query_results(QueryExecutionId=query)["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        self.assertEqual([("a", "integer", 10, "UNKNOWN", False), ("b", "varchar", 1, "UNKNOWN", True)],
                         [(c["Name"], c["Type"], c["Precision"], c["Nullable"], c["CaseSensitive"]) for c in info])

    def test_errors_in_the_words_of_trino(self):
        for sql, words in (
                ("SELECT nothing", "COLUMN_NOT_FOUND: line 1:8: Column 'nothing' cannot be resolved"),
                ("SELECT * FROM nowhere", f"TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.{self.name}.nowhere' does not exist"),
                ("SELECT 1 / 0", "DIVISION_BY_ZERO: Division by zero"),
                ("SELECT 1 + 'a'", "TYPE_MISMATCH: line 1:10: Cannot apply operator: integer + varchar(1)")):
            with self.subTest(sql):
                status = self.execute(sql)["Status"]
                self.assertEqual(("FAILED", words), (status["State"], status["StateChangeReason"]))
                self.assertEqual(2, status["AthenaError"]["ErrorCategory"])
        self.refused("InvalidRequestException", client("athena").get_query_execution, QueryExecutionId="00000000-0000-0000-0000-000000000000")

    def test_tables_ctas_and_insert(self):
        self.orders()
        self.assertEqual([["city", "n"], ["Berlin", "2"], ["Paris, FR", "1"]],
                         self.rows("SELECT city, count(*) AS n FROM orders GROUP BY city ORDER BY city"))
        made = self.succeed(f"""CREATE TABLE made WITH (format = 'PARQUET', external_location = 's3://{self.lake}/made/', partitioned_by = ARRAY['city'])
            AS SELECT CAST(id AS bigint) AS id, city FROM orders""")
        manifest = self.read(made["Statistics"]["DataManifestLocation"]).decode().splitlines()
        self.assertTrue(manifest and all(line.startswith(f"s3://{self.lake}/made/city=") for line in manifest), manifest)
        inserted = self.succeed("INSERT INTO made VALUES (9, 'Rome')")
        self.assertEqual(1, client("athena").get_query_results(QueryExecutionId=inserted["QueryExecutionId"])["UpdateCount"])
        self.assertEqual([["id"], ["9"]], self.rows("SELECT id FROM made WHERE city = 'Rome'"))
        self.assertEqual([["city=Berlin"], ["city=Paris, FR"], ["city=Rome"]], sorted(self.rows("SHOW PARTITIONS made")))
        self.assertEqual([["made"], ["orders"]], sorted(self.rows("SHOW TABLES")))
        self.succeed("DROP TABLE made")
        self.refused("EntityNotFoundException", client("glue").get_table, DatabaseName=self.name, Name="made")

    def test_read_a_table_as_libraries_do(self):
        """The types of get_table or the query's columns, and the CSV of the result file: what awswrangler does without CTAS."""
        self.orders()
        table = client("glue").get_table(DatabaseName=self.name, Name="orders")["Table"]
        self.assertEqual(["bigint", "string", "string"], [c["Type"] for c in table["StorageDescriptor"]["Columns"]])
        query = self.succeed('SELECT * FROM "orders" ORDER BY id')
        self.assertEqual("DML", query["StatementType"])
        self.assertGreater(query["Statistics"]["DataScannedInBytes"], 0)
        rows = list(csv.DictReader(io.StringIO(self.read(query["ResultConfiguration"]["OutputLocation"]).decode())))
        self.assertEqual([("1", "Berlin", "2.5"), ("2", "Paris, FR", "4"), ("3", "Berlin", "")], [tuple(row.values()) for row in rows])

    def test_lists_and_stop(self):
        athena = client("athena")
        ids = {self.succeed(f"SELECT {n}")["QueryExecutionId"] for n in range(3)}
        got = athena.batch_get_query_execution(QueryExecutionIds=[*ids, "11111111-1111-1111-1111-111111111111"])
        self.assertEqual(ids, {q["QueryExecutionId"] for q in got["QueryExecutions"]})
        self.assertEqual(1, len(got["UnprocessedQueryExecutionIds"]))
        pages = athena.get_paginator("list_query_executions").paginate(PaginationConfig={"PageSize": 2})
        self.assertLessEqual(ids, {i for page in pages for i in page["QueryExecutionIds"]})
        running = athena.start_query_execution(QueryString="SELECT sum(a * b) FROM UNNEST(sequence(1, 10000)) AS t(a), UNNEST(sequence(1, 10000)) AS u(b), "
                                               "UNNEST(sequence(1, 10000)) AS v(c)", ResultConfiguration={"OutputLocation": self.output})["QueryExecutionId"]
        athena.stop_query_execution(QueryExecutionId=running)
        wait_until(lambda: athena.get_query_execution(QueryExecutionId=running)["QueryExecution"]["Status"]["State"], lambda s: s == "CANCELLED")


class Resources(AthenaTest):
    def test_workgroups(self):
        athena, group = client("athena"), unique("group")
        athena.create_work_group(Name=group, Description="d", Tags=[{"Key": "k", "Value": "v"}],
                                 Configuration={"ResultConfiguration": {"OutputLocation": f"s3://{self.lake}/group/"}})
        self.refused("InvalidRequestException", athena.create_work_group, Name=group)
        query = self.succeed("SELECT 1", WorkGroup=group)
        self.assertTrue(query["ResultConfiguration"]["OutputLocation"].startswith(f"s3://{self.lake}/group/"))
        athena.update_work_group(WorkGroup=group, State="DISABLED")
        self.assertEqual("DISABLED", athena.get_work_group(WorkGroup=group)["WorkGroup"]["State"])
        self.refused("InvalidRequestException", athena.start_query_execution, QueryString="SELECT 1", WorkGroup=group)
        self.assertIn(group, [g["Name"] for g in athena.list_work_groups()["WorkGroups"]])
        self.refused("InvalidRequestException", athena.delete_work_group, WorkGroup=group)
        athena.delete_work_group(WorkGroup=group, RecursiveDeleteOption=True)
        self.refused("InvalidRequestException", athena.get_work_group, WorkGroup=group)

    def test_named_queries_and_prepared_statements(self):
        athena = client("athena")
        query = athena.create_named_query(Name="n", Database=self.name, QueryString="SELECT 1")["NamedQueryId"]
        self.assertEqual("SELECT 1", athena.get_named_query(NamedQueryId=query)["NamedQuery"]["QueryString"])
        self.assertIn(query, [i for page in athena.get_paginator("list_named_queries").paginate() for i in page["NamedQueryIds"]])
        athena.delete_named_query(NamedQueryId=query)
        statement = unique("p").replace("-", "_")
        athena.create_prepared_statement(StatementName=statement, WorkGroup="primary", QueryStatement="SELECT x FROM (VALUES 1, 2, 3) AS t(x) WHERE x > ? ORDER BY x")
        self.assertEqual([["x"], ["2"], ["3"]], self.rows(f"EXECUTE {statement} USING 1"))
        self.assertEqual([["x"], ["3"]], self.rows(f"EXECUTE {statement}", ExecutionParameters=["2"]))
        self.assertEqual(statement, athena.get_prepared_statement(StatementName=statement, WorkGroup="primary")["PreparedStatement"]["StatementName"])
        athena.delete_prepared_statement(StatementName=statement, WorkGroup="primary")
        self.refused("ResourceNotFoundException", athena.get_prepared_statement, StatementName=statement, WorkGroup="primary")

    def test_catalog_through_athena(self):
        athena = client("athena")
        self.orders()
        self.assertIn("AwsDataCatalog", [c["CatalogName"] for c in athena.list_data_catalogs()["DataCatalogsSummary"]])
        self.assertIn(self.name, [d["Name"] for page in athena.get_paginator("list_databases").paginate(CatalogName="AwsDataCatalog") for d in page["DatabaseList"]])
        table = athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName=self.name, TableName="orders")["TableMetadata"]
        self.assertEqual(["id", "city", "amount"], [c["Name"] for c in table["Columns"]])
        self.refused("MetadataException", athena.get_table_metadata, CatalogName="AwsDataCatalog", DatabaseName=self.name, TableName="none")
