import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  type AthenaClient,
  type QueryExecution,
  type ResultSet,
  type StartQueryExecutionCommandInput,
} from "@aws-sdk/client-athena";
import { until } from "./clients.js";

/** What a user of Athena writes first: start, poll, read. */
export class Queries {
  constructor(
    private athena: AthenaClient,
    private output: string,
    private database: string,
  ) {}

  /** Starts a statement; answers its id. */
  async start(sql: string, more: Partial<StartQueryExecutionCommandInput> = {}): Promise<string> {
    const started = await this.athena.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        QueryExecutionContext: { Database: this.database },
        ResultConfiguration: { OutputLocation: this.output },
        ...more,
      }),
    );
    return started.QueryExecutionId!;
  }

  /** The execution when it has ended, however it ended. */
  async ended(id: string): Promise<QueryExecution> {
    return until(`the end of query ${id}`, async () => {
      const { QueryExecution: query } = await this.athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
      return query!.Status!.State === "QUEUED" || query!.Status!.State === "RUNNING" ? undefined : query!;
    });
  }

  /** Runs a statement that must succeed; answers its execution and the first page of its results. */
  async run(sql: string, more: Partial<StartQueryExecutionCommandInput> = {}): Promise<{ query: QueryExecution; results: ResultSet; updated?: number }> {
    const query = await this.ended(await this.start(sql, more));
    if (query.Status!.State !== "SUCCEEDED") throw new Error(`${sql}\n${query.Status!.State}: ${query.Status!.StateChangeReason}`);
    const page = await this.athena.send(new GetQueryResultsCommand({ QueryExecutionId: query.QueryExecutionId }));
    return { query, results: page.ResultSet!, updated: page.UpdateCount };
  }

  /** The rows of a SELECT without their header; null is null. */
  async rows(sql: string, more: Partial<StartQueryExecutionCommandInput> = {}): Promise<(string | null)[][]> {
    return cells((await this.run(sql, more)).results).slice(1);
  }

  /** The lines of a DDL statement's answer. */
  async lines(sql: string): Promise<string[]> {
    return cells((await this.run(sql)).results).map((row) => row.join("\t"));
  }

  /** The reason for which a statement fails; fails itself when it does not. */
  async failure(sql: string, more: Partial<StartQueryExecutionCommandInput> = {}): Promise<QueryExecution> {
    const query = await this.ended(await this.start(sql, more));
    if (query.Status!.State !== "FAILED") throw new Error(`${sql}\nended ${query.Status!.State} and should have FAILED`);
    return query;
  }

  /** The words of the failure. */
  async reason(sql: string): Promise<string> {
    return (await this.failure(sql)).Status!.StateChangeReason!;
  }
}

export function cells(results: ResultSet): (string | null)[][] {
  return results.Rows!.map((row) => row.Data!.map((datum) => datum.VarCharValue ?? null));
}
