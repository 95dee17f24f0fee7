using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Glue.Classifiers;
using Tarn.Glue.Tags;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Crawlers;

/// <summary>The operations on crawlers and their schedules; those on what they did are in <see cref="CrawlHistoryOperations"/>, those on classifiers in <see cref="ClassifierOperations"/>.</summary>
public sealed class CrawlerOperations(IMetadataStore store, CrawlRunner runner, TimeProvider time)
{
    private const int PageMax = 100;

    /// <summary>Adds everything that crawlers and classifiers answer.</summary>
    public void AddTo(OperationTable operations)
    {
        operations
            .On(GlueModel.CreateCrawler, CreateCrawler, "S3 targets only")
            .On(GlueModel.UpdateCrawler, UpdateCrawler, "S3 targets only")
            .On(GlueModel.DeleteCrawler, DeleteCrawler)
            .On(GlueModel.GetCrawler, GetCrawler)
            .On(GlueModel.GetCrawlers, GetCrawlers)
            .On(GlueModel.BatchGetCrawlers, BatchGetCrawlers)
            .On(GlueModel.ListCrawlers, ListCrawlers)
            .On(GlueModel.StartCrawler, StartCrawler)
            .On(GlueModel.StopCrawler, StopCrawler)
            .On(GlueModel.StartCrawlerSchedule, StartCrawlerSchedule)
            .On(GlueModel.StopCrawlerSchedule, StopCrawlerSchedule)
            .On(GlueModel.UpdateCrawlerSchedule, UpdateCrawlerSchedule);
        new CrawlHistoryOperations(store, runner.Options, time).AddTo(operations);
        new ClassifierOperations(store, time).AddTo(operations);
    }

    /// <summary>Whether there is a crawler of the name, for the tag operations.</summary>
    internal static bool Exists(IStoreReader reader, AwsScope scope, string name) => CrawlerRows.Find(reader, scope, name) is not null;

    private async ValueTask<CreateCrawlerResponse> CreateCrawler(CreateCrawlerRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var isIncremental = request.RecrawlPolicy?.RecrawlBehavior == RecrawlBehaviors.NewFoldersOnly;
        var schedule = CrawlerChecks.Schedule(request.Schedule);
        var crawler = CrawlerChecks.Checked(new CrawlerRecord
        {
            Name = request.Name!,
            Role = request.Role!,
            DatabaseName = request.DatabaseName,
            Description = request.Description,
            S3Targets = CrawlerChecks.Targets(request.Targets!),
            Classifiers = request.Classifiers ?? [],
            TablePrefix = request.TablePrefix,
            UpdateBehavior = request.SchemaChangePolicy?.UpdateBehavior ?? (isIncremental ? UpdateBehaviors.Log : UpdateBehaviors.Update),
            DeleteBehavior = request.SchemaChangePolicy?.DeleteBehavior ?? (isIncremental ? DeleteBehaviors.Log : DeleteBehaviors.Deprecate),
            RecrawlBehavior = request.RecrawlPolicy?.RecrawlBehavior ?? RecrawlBehaviors.Everything,
            LineageSettings = request.LineageConfiguration?.CrawlerLineageSettings ?? "DISABLE",
            UseLakeFormationCredentials = request.LakeFormationConfiguration?.UseLakeFormationCredentials,
            LakeFormationAccountId = request.LakeFormationConfiguration?.AccountId,
            Configuration = Text(request.Configuration),
            SecurityConfiguration = Text(request.CrawlerSecurityConfiguration),
            ScheduleExpression = schedule,
            IsScheduled = schedule is not null,
            CreationTime = now,
            LastUpdated = now,
        });
        await store.WriteAsync(
            writer =>
            {
                if (CrawlerRows.Find(writer, context.Scope, crawler.Name) is not null)
                {
                    throw CrawlerErrors.Exists(crawler.Name);
                }

                if (CrawlerRows.Count(writer, context.Scope) >= runner.Options.CrawlersMax)
                {
                    throw CrawlerErrors.TooManyCrawlers(runner.Options.CrawlersMax);
                }

                RequireClassifiers(writer, context.Scope, crawler);
                CrawlerRows.Put(writer, context.Scope, crawler, now);
                GlueTags.Add(writer, context.Scope, CrawlerMapping.Arn(context.Scope, crawler.Name), request.Tags);
                return true;
            },
            cancellationToken);
        runner.SchedulesChanged();
        return new CreateCrawlerResponse();
    }

    private async ValueTask<UpdateCrawlerResponse> UpdateCrawler(UpdateCrawlerRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var targets = request.Targets is null ? null : CrawlerChecks.Targets(request.Targets);
        var schedule = CrawlerChecks.Schedule(request.Schedule);
        await ChangeAsync(context.Scope, request.Name!, cancellationToken, (writer, crawler) =>
        {
            if (crawler.State != CrawlerStates.Ready)
            {
                throw CrawlerErrors.Running(crawler.Name);
            }

            if (targets is not null && crawler.RecrawlBehavior == RecrawlBehaviors.NewFoldersOnly && !SameTargets(crawler.S3Targets, targets))
            {
                throw GlueErrors.InvalidInput("The S3 targets of a crawler that crawls new folders only cannot be changed.");
            }

            var changed = CrawlerChecks.Checked(crawler with
            {
                Role = request.Role ?? crawler.Role,
                DatabaseName = request.DatabaseName ?? crawler.DatabaseName,
                Description = request.Description is null ? crawler.Description : Text(request.Description),
                S3Targets = targets ?? crawler.S3Targets,
                Classifiers = request.Classifiers ?? crawler.Classifiers,
                TablePrefix = request.TablePrefix ?? crawler.TablePrefix,
                UpdateBehavior = request.SchemaChangePolicy?.UpdateBehavior ?? crawler.UpdateBehavior,
                DeleteBehavior = request.SchemaChangePolicy?.DeleteBehavior ?? crawler.DeleteBehavior,
                RecrawlBehavior = request.RecrawlPolicy?.RecrawlBehavior ?? crawler.RecrawlBehavior,
                LineageSettings = request.LineageConfiguration?.CrawlerLineageSettings ?? crawler.LineageSettings,
                UseLakeFormationCredentials = request.LakeFormationConfiguration?.UseLakeFormationCredentials ?? crawler.UseLakeFormationCredentials,
                LakeFormationAccountId = request.LakeFormationConfiguration?.AccountId ?? crawler.LakeFormationAccountId,
                Configuration = request.Configuration is null ? crawler.Configuration : Text(request.Configuration),
                SecurityConfiguration = request.CrawlerSecurityConfiguration is null ? crawler.SecurityConfiguration : Text(request.CrawlerSecurityConfiguration),
                ScheduleExpression = request.Schedule is null ? crawler.ScheduleExpression : schedule,
                IsScheduled = request.Schedule is null ? crawler.IsScheduled : schedule is not null,
                Version = crawler.Version + 1,
                LastUpdated = now,
            });
            RequireClassifiers(writer, context.Scope, changed);
            return changed;
        });
        return new UpdateCrawlerResponse();
    }

    private async ValueTask<DeleteCrawlerResponse> DeleteCrawler(DeleteCrawlerRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.WriteAsync(
            writer =>
            {
                if (CrawlerRows.Get(writer, context.Scope, request.Name!).State != CrawlerStates.Ready)
                {
                    throw CrawlerErrors.Running(request.Name!);
                }

                CrawlerRows.Delete(writer, context.Scope, request.Name!);
                GlueTags.Delete(writer, context.Scope, CrawlerMapping.Arn(context.Scope, request.Name!));
                return true;
            },
            cancellationToken);
        runner.SchedulesChanged();
        return new DeleteCrawlerResponse();
    }

    private async ValueTask<GetCrawlerResponse> GetCrawler(GetCrawlerRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var crawler = await store.ReadAsync(reader => CrawlerRows.Get(reader, context.Scope, request.Name!), cancellationToken);
        return new GetCrawlerResponse { Crawler = CrawlerMapping.ToApi(crawler, time.GetUtcNow()) };
    }

    private async ValueTask<GetCrawlersResponse> GetCrawlers(GetCrawlersRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var page = await PageAsync("GetCrawlers", request.NextToken, request.MaxResults, context.Scope, cancellationToken);
        return new GetCrawlersResponse { Crawlers = [.. page.Crawlers.Select(crawler => CrawlerMapping.ToApi(crawler, time.GetUtcNow()))], NextToken = page.NextToken };
    }

    private async ValueTask<BatchGetCrawlersResponse> BatchGetCrawlers(BatchGetCrawlersRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var names = request.CrawlerNames!.Distinct(StringComparer.Ordinal).ToArray();
        var found = await store.ReadAsync(reader => names.ToDictionary(name => name, name => CrawlerRows.Find(reader, context.Scope, name)), cancellationToken);
        return new BatchGetCrawlersResponse
        {
            Crawlers = [.. names.Where(name => found[name] is not null).Select(name => CrawlerMapping.ToApi(found[name]!, time.GetUtcNow()))],
            CrawlersNotFound = [.. names.Where(name => found[name] is null)],
        };
    }

    private async ValueTask<ListCrawlersResponse> ListCrawlers(ListCrawlersRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var tags = request.Tags ?? new Dictionary<string, string>();
        var list = $"ListCrawlers/{context.Scope}/" + string.Join('/', tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));
        var page = await PageAsync(list, request.NextToken, request.MaxResults, context.Scope, cancellationToken);
        if (tags.Count == 0)
        {
            return new ListCrawlersResponse { CrawlerNames = [.. page.Crawlers.Select(crawler => crawler.Name)], NextToken = page.NextToken };
        }

        // A page may hold fewer than asked for, as AWS's may.
        var names = await store.ReadAsync(
            reader => page.Crawlers.Select(crawler => crawler.Name).Where(name => HasTags(GlueTags.Read(reader, context.Scope, CrawlerMapping.Arn(context.Scope, name)), tags)).ToArray(),
            cancellationToken);
        return new ListCrawlersResponse { CrawlerNames = names, NextToken = page.NextToken };
    }

    private async ValueTask<StartCrawlerResponse> StartCrawler(StartCrawlerRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await runner.StartCrawlAsync(context.Scope, request.Name!, cancellationToken);
        return new StartCrawlerResponse();
    }

    private async ValueTask<StopCrawlerResponse> StopCrawler(StopCrawlerRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await runner.StopCrawlAsync(context.Scope, request.Name!, cancellationToken);
        return new StopCrawlerResponse();
    }

    private async ValueTask<StartCrawlerScheduleResponse> StartCrawlerSchedule(StartCrawlerScheduleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await ChangeAsync(context.Scope, request.CrawlerName!, cancellationToken, (_, crawler) => crawler switch
        {
            { ScheduleExpression: null } => throw CrawlerErrors.NoSchedule(crawler.Name),
            { IsScheduled: true } => throw CrawlerErrors.SchedulerRunning(crawler.Name),
            _ => crawler with { IsScheduled = true },
        });
        return new StartCrawlerScheduleResponse();
    }

    private async ValueTask<StopCrawlerScheduleResponse> StopCrawlerSchedule(StopCrawlerScheduleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await ChangeAsync(context.Scope, request.CrawlerName!, cancellationToken, (_, crawler) => crawler.IsScheduled
            ? crawler with { IsScheduled = false }
            : throw CrawlerErrors.SchedulerNotRunning(crawler.Name));
        return new StopCrawlerScheduleResponse();
    }

    private async ValueTask<UpdateCrawlerScheduleResponse> UpdateCrawlerSchedule(UpdateCrawlerScheduleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var schedule = CrawlerChecks.Schedule(request.Schedule);
        await ChangeAsync(context.Scope, request.CrawlerName!, cancellationToken, (_, crawler) => crawler with
        {
            ScheduleExpression = schedule,
            IsScheduled = schedule is not null,
            Version = crawler.Version + 1,
            LastUpdated = time.GetUtcNow(),
        });
        return new UpdateCrawlerScheduleResponse();
    }

    private async ValueTask ChangeAsync(AwsScope scope, string name, CancellationToken cancellationToken, Func<IStoreReader, CrawlerRecord, CrawlerRecord> change)
    {
        await store.WriteAsync(
            writer =>
            {
                CrawlerRows.Put(writer, scope, change(writer, CrawlerRows.Get(writer, scope, name)), time.GetUtcNow());
                return true;
            },
            cancellationToken);
        runner.SchedulesChanged();
    }

    private async ValueTask<(List<CrawlerRecord> Crawlers, string? NextToken)> PageAsync(string list, string? token, int? maxResults, AwsScope scope, CancellationToken cancellationToken)
    {
        var after = PageToken.DecodeText(list, token, GlueErrors.InvalidToken) ?? "";
        var count = maxResults ?? PageMax;
        var crawlers = await store.ReadAsync(reader => CrawlerRows.List(reader, scope, after, count + 1), cancellationToken);
        if (crawlers.Count <= count)
        {
            return (crawlers, null);
        }

        crawlers.RemoveAt(count);
        return (crawlers, PageToken.Encode(list, crawlers[^1].Name));
    }

    private static void RequireClassifiers(IStoreReader reader, AwsScope scope, CrawlerRecord crawler)
    {
        foreach (var name in crawler.Classifiers)
        {
            if (ClassifierRows.Find(reader, scope, name) is null)
            {
                throw GlueErrors.InvalidInput($"Classifier {name} does not exist.");
            }
        }
    }

    private static bool SameTargets(IReadOnlyList<S3TargetRecord> left, IReadOnlyList<S3TargetRecord> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => pair.First.Path == pair.Second.Path && pair.First.Exclusions.SequenceEqual(pair.Second.Exclusions));

    private static bool HasTags(IReadOnlyDictionary<string, string> tags, IReadOnlyDictionary<string, string> asked) =>
        asked.All(tag => tags.TryGetValue(tag.Key, out var value) && value == tag.Value);

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
