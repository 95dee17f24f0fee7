using System.Text.Json;
using Tarn.Contracts;
using Tarn.Store;

namespace Tarn.Athena.WorkGroups;

/// <summary>The workgroups of an account and region. <c>primary</c> is there without having been created.</summary>
internal sealed class WorkGroupStore(IMetadataStore store, TimeProvider time)
{
    /// <summary>The workgroup, or null when there is none.</summary>
    public ValueTask<WorkGroupRecord?> FindAsync(AwsScope scope, string name, CancellationToken cancellationToken) =>
        store.ReadAsync(reader => Find(reader, scope, name), cancellationToken);

    /// <summary>The workgroup; <c>InvalidRequestException</c> when there is none.</summary>
    public async ValueTask<WorkGroupRecord> GetAsync(AwsScope scope, string name, CancellationToken cancellationToken) =>
        await FindAsync(scope, name, cancellationToken) ?? throw AthenaErrors.WorkGroupNotFound(name);

    /// <summary>Workgroups in order of their names, at most <paramref name="limit"/>, after <paramref name="after"/>.</summary>
    public ValueTask<List<WorkGroupRecord>> ListAsync(AwsScope scope, string? after, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(
            reader =>
            {
                var rows = reader.Query(
                    "SELECT body FROM athena_work_group WHERE account = @p0 AND region = @p1 AND name > @p2 ORDER BY name LIMIT @p3",
                    row => Parse(row.Text(0)),
                    scope.AccountId, scope.Region, after ?? "", (long)limit);
                var primaryIsAhead = string.CompareOrdinal(WorkGroupRecord.Primary, after ?? "") > 0;
                if (primaryIsAhead && rows.All(row => row.Name != WorkGroupRecord.Primary) && Find(reader, scope, WorkGroupRecord.Primary) is { } primary)
                {
                    rows.Add(primary);
                    rows.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
                    rows.RemoveRange(Math.Min(limit, rows.Count), Math.Max(0, rows.Count - limit));
                }

                return rows;
            },
            cancellationToken);

    public ValueTask<bool> CreateAsync(AwsScope scope, WorkGroupRecord workGroup, int limit, IReadOnlyList<KeyValuePair<string, string>> tags, CancellationToken cancellationToken) =>
        store.WriteAsync(
            writer =>
            {
                if (Find(writer, scope, workGroup.Name) is not null)
                {
                    throw AthenaErrors.WorkGroupExists(workGroup.Name);
                }

                if (writer.QueryFirst("SELECT count(*) FROM athena_work_group WHERE account = @p0 AND region = @p1", row => row.Long(0), scope.AccountId, scope.Region) >= limit)
                {
                    throw AthenaErrors.InvalidRequest($"The number of workgroups has reached its limit of {limit}.");
                }

                Tags.TagStore.Set(writer, scope, Arn(scope, workGroup.Name), tags);
                return Save(writer, scope, workGroup);
            },
            cancellationToken);

    /// <summary>Changes a workgroup in one transaction.</summary>
    public ValueTask<bool> UpdateAsync(AwsScope scope, string name, Func<WorkGroupRecord, WorkGroupRecord> change, CancellationToken cancellationToken) =>
        store.WriteAsync(writer => Save(writer, scope, change(Find(writer, scope, name) ?? throw AthenaErrors.WorkGroupNotFound(name))), cancellationToken);

    /// <summary>Deletes a workgroup; one that holds named queries or queries only with <paramref name="recursive"/>, which deletes these as well.</summary>
    public ValueTask<bool> DeleteAsync(AwsScope scope, string name, bool recursive, CancellationToken cancellationToken) =>
        store.WriteAsync(
            writer =>
            {
                if (Find(writer, scope, name) is null)
                {
                    throw AthenaErrors.WorkGroupNotFound(name);
                }

                foreach (var table in (string[])["athena_named_query", "athena_prepared", "athena_query"])
                {
                    var isEmpty = writer.QueryFirst($"SELECT 1 FROM {table} WHERE account = @p0 AND region = @p1 AND work_group = @p2 LIMIT 1", row => row.Long(0), scope.AccountId, scope.Region, name) == 0;
                    if (!isEmpty && !recursive)
                    {
                        throw AthenaErrors.InvalidRequest($"WorkGroup {name} is not empty");
                    }

                    writer.Execute($"DELETE FROM {table} WHERE account = @p0 AND region = @p1 AND work_group = @p2", scope.AccountId, scope.Region, name);
                }

                Tags.TagStore.RemoveAll(writer, scope, Arn(scope, name));
                return writer.Execute("DELETE FROM athena_work_group WHERE account = @p0 AND region = @p1 AND name = @p2", scope.AccountId, scope.Region, name) > 0;
            },
            cancellationToken);

    public static string Arn(AwsScope scope, string name) => scope.Arn("athena", "workgroup/" + name);

    private static WorkGroupRecord Parse(string body) => JsonSerializer.Deserialize(body, AthenaJson.Default.WorkGroupRecord)!;

    private static bool Save(IStoreWriter writer, AwsScope scope, WorkGroupRecord workGroup) =>
        writer.Execute(
            "INSERT INTO athena_work_group (account, region, name, body) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT (account, region, name) DO UPDATE SET body = excluded.body",
            scope.AccountId, scope.Region, workGroup.Name, JsonSerializer.Serialize(workGroup, AthenaJson.Default.WorkGroupRecord)) > 0;

    private WorkGroupRecord? Find(IStoreReader reader, AwsScope scope, string name)
    {
        var body = reader.QueryFirst("SELECT body FROM athena_work_group WHERE account = @p0 AND region = @p1 AND name = @p2", row => row.Text(0), scope.AccountId, scope.Region, name);
        return body is not null ? Parse(body)
            : name == WorkGroupRecord.Primary ? new WorkGroupRecord { Name = name, Enforce = false, CreationTime = time.GetUtcNow() }
            : null;
    }
}
