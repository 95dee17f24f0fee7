using System.Text.Json;
using Tarn.Api.Glue;
using Tarn.Contracts.Lake;
using Plan = Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Graph;

/// <summary>Source nodes of the API as nodes of a plan. An option that would change the rows and is not built is refused.</summary>
internal static class SourceReader
{
    public static Plan.CsvSource Csv(string id, S3CsvSource node)
    {
        Refuse(id, node.AdditionalOptions);
        if (node.Escaper is { Length: > 1 })
        {
            throw NodeReader.Invalid(id, "Escaper is one character");
        }

        return new Plan.CsvSource
        {
            Id = id,
            Name = node.Name!,
            Paths = S3Paths(id, node.Paths!),
            Exclusions = Exclusions(id, node.Exclusions),
            IsRecursive = node.Recurse != false,
            Compression = Compression(id, node.CompressionType),
            Format = new Plan.CsvFormat(
                Separator(node.Separator!),
                node.QuoteChar switch
                {
                    QuoteChar.quote or null => "\"",
                    QuoteChar.single_quote => "'",
                    QuoteChar.quillemet => throw NodeReader.Invalid(id, "the quote character quillemet is not built"),
                    _ => null,
                },
                string.IsNullOrEmpty(node.Escaper) ? null : node.Escaper,
                node.Multiline == true,
                node.WithHeader == true,
                node.SkipFirst == true),
        };
    }

    public static Plan.JsonSource Json(string id, S3JsonSource node)
    {
        Refuse(id, node.AdditionalOptions);
        return new Plan.JsonSource
        {
            Id = id,
            Name = node.Name!,
            Paths = S3Paths(id, node.Paths!),
            Exclusions = Exclusions(id, node.Exclusions),
            IsRecursive = node.Recurse != false,
            Compression = Compression(id, node.CompressionType),
            RecordPath = RecordPath(id, node.JsonPath),
        };
    }

    public static Plan.ParquetSource Parquet(string id, S3ParquetSource node)
    {
        Refuse(id, node.AdditionalOptions);
        return new Plan.ParquetSource { Id = id, Name = node.Name!, Paths = S3Paths(id, node.Paths!), Exclusions = Exclusions(id, node.Exclusions), IsRecursive = node.Recurse != false };
    }

    public static Plan.CatalogTableSource Catalog(string id, S3CatalogSource node)
    {
        if (node.AdditionalOptions is { BoundedFiles: > 0 } or { BoundedSize: > 0 })
        {
            throw NodeReader.Invalid(id, "BoundedFiles and BoundedSize are not built");
        }

        return new Plan.CatalogTableSource { Id = id, Name = node.Name!, Database = node.Database!, Table = node.Table!, PartitionPredicate = node.PartitionPredicate, IsS3 = true };
    }

    public static string Separator(string name) => name switch
    {
        Api.Glue.Separator.ctrla => "\u0001",
        Api.Glue.Separator.pipe => "|",
        Api.Glue.Separator.semicolon => ";",
        Api.Glue.Separator.tab => "\t",
        _ => ",",
    };

    private static IReadOnlyList<string> S3Paths(string id, IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
        {
            throw NodeReader.Invalid(id, "Paths is empty");
        }

        return paths.FirstOrDefault(path => !S3Location.TryParse(path, out _)) is { } wrong ? throw NodeReader.Invalid(id, $"{wrong} is not an S3 path") : paths;
    }

    /// <summary>Each may be a glob, or a JSON list of globs as connection options have it.</summary>
    private static IReadOnlyList<string> Exclusions(string id, IReadOnlyList<string>? exclusions)
    {
        try
        {
            return [.. (exclusions ?? []).SelectMany(text => text.TrimStart().StartsWith('[') ? JsonSerializer.Deserialize<string[]>(text) ?? [] : [text])];
        }
        catch (JsonException)
        {
            throw NodeReader.Invalid(id, "Exclusions holds what is neither a glob nor a JSON list of globs");
        }
    }

    private static string? Compression(string id, string? type) => type switch
    {
        null or "" => null,
        "gzip" => "gzip",
        _ => throw NodeReader.Invalid(id, $"files compressed with {type} cannot be read yet"),
    };

    /// <summary><c>$</c>, <c>$[*]</c>, <c>$.a.b</c>, <c>$.a.b[*]</c>.</summary>
    private static IReadOnlyList<string> RecordPath(string id, string? path)
    {
        if (string.IsNullOrEmpty(path) || path is "$" or "$[*]")
        {
            return [];
        }

        var inner = path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;
        inner = inner.EndsWith("[*]", StringComparison.Ordinal) ? inner[..^3] : inner;
        var names = inner.Split('.');
        return names.Any(name => name.Length == 0 || name.AsSpan().IndexOfAny("[]*$'\"") >= 0)
            ? throw NodeReader.Invalid(id, $"the JSON path {path} is not of the forms $, $[*], $.a.b and $.a.b[*], which are those that are built")
            : names;
    }

    private static void Refuse(string id, S3DirectSourceAdditionalOptions? options)
    {
        if (options is { BoundedFiles: > 0 } or { BoundedSize: > 0 } or { EnableSamplePath: true })
        {
            throw NodeReader.Invalid(id, "BoundedFiles, BoundedSize and SamplePath are not built");
        }
    }
}
