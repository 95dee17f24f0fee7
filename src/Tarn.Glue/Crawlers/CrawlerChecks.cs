using Tarn.Contracts.Lake;
using Tarn.Glue.Classifiers;
using Tarn.Glue.Crawlers.Grouping;
using Shapes = Tarn.Api.Glue;

namespace Tarn.Glue.Crawlers;

/// <summary>What of a crawler the model's constraints do not say. Failures are InvalidInputException. Pure.</summary>
internal static class CrawlerChecks
{
    private const int SampleSizeMax = 249;

    /// <summary>The S3 targets; other kinds are refused by name.</summary>
    public static IReadOnlyList<S3TargetRecord> Targets(Shapes.CrawlerTargets targets)
    {
        Refuse(targets.JdbcTargets, "JDBC targets");
        Refuse(targets.MongoDBTargets, "MongoDB targets");
        Refuse(targets.DynamoDBTargets, "DynamoDB targets");
        Refuse(targets.CatalogTargets, "Data Catalog targets");
        Refuse(targets.DeltaTargets, "Delta Lake targets");
        Refuse(targets.IcebergTargets, "Iceberg targets");
        Refuse(targets.HudiTargets, "Hudi targets");
        if (targets.S3Targets is not { Count: > 0 })
        {
            throw GlueErrors.InvalidInput("Crawler must have at least one target.");
        }

        return [.. targets.S3Targets.Select(Target)];
    }

    private static void Refuse<T>(IReadOnlyList<T>? targets, string kind)
    {
        if (targets is { Count: > 0 })
        {
            throw CrawlerErrors.NotBuilt($"{kind} of crawlers are");
        }
    }

    private static S3TargetRecord Target(Shapes.S3Target target)
    {
        if (!S3Location.TryParse(target.Path, out _))
        {
            throw GlueErrors.InvalidInput($"Invalid S3 path: {target.Path}. It must be of the form s3://bucket/prefix.");
        }

        if (target.SampleSize is < 1 or > SampleSizeMax)
        {
            throw GlueErrors.InvalidInput($"SampleSize must be between 1 and {SampleSizeMax}.");
        }

        // Terraform sends empty texts where it has no queue.
        if (!string.IsNullOrEmpty(target.EventQueueArn) || !string.IsNullOrEmpty(target.DlqEventQueueArn))
        {
            throw CrawlerErrors.NotBuilt("Event queues of S3 targets are");
        }

        foreach (var exclusion in target.Exclusions ?? [])
        {
            try
            {
                ExclusionGlob.Parse(exclusion);
            }
            catch (FormatException exception)
            {
                throw GlueErrors.InvalidInput($"Invalid exclude pattern '{exclusion}': {exception.Message}");
            }
        }

        return new S3TargetRecord(target.Path!, target.Exclusions ?? [], target.ConnectionName, target.SampleSize);
    }

    /// <summary>What holds of the whole definition, after each change of it.</summary>
    public static CrawlerRecord Checked(CrawlerRecord crawler)
    {
        if (crawler.RecrawlBehavior == RecrawlBehaviors.EventMode)
        {
            throw CrawlerErrors.NotBuilt("The recrawl behavior CRAWL_EVENT_MODE is");
        }

        if (crawler.RecrawlBehavior == RecrawlBehaviors.NewFoldersOnly && (crawler.UpdateBehavior != UpdateBehaviors.Log || crawler.DeleteBehavior != DeleteBehaviors.Log))
        {
            throw GlueErrors.InvalidInput("The SchemaChangePolicy for \"Crawl new folders only\" Amazon S3 target can have only LOG DeleteBehavior value and LOG UpdateBehavior value.");
        }

        if (crawler.LineageSettings == "ENABLE")
        {
            throw CrawlerErrors.NotBuilt("Data lineage is");
        }

        if (crawler.UseLakeFormationCredentials == true)
        {
            throw CrawlerErrors.NotBuilt("Lake Formation credentials are");
        }

        if (!string.IsNullOrEmpty(crawler.SecurityConfiguration))
        {
            throw CrawlerErrors.NotBuilt("Security configurations are");
        }

        try
        {
            crawler.ParseConfiguration();
        }
        catch (FormatException exception)
        {
            throw GlueErrors.InvalidInput(exception.Message);
        }

        return crawler;
    }

    /// <summary>The expression as it is; empty takes a schedule away.</summary>
    public static string? Schedule(string? expression)
    {
        if (string.IsNullOrEmpty(expression))
        {
            return null;
        }

        try
        {
            CronExpression.Parse(expression);
            return expression;
        }
        catch (FormatException exception)
        {
            throw GlueErrors.InvalidInput($"Invalid schedule expression '{expression}': {exception.Message}");
        }
    }
}
