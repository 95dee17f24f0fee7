using Tarn.Contracts;
using Tarn.Glue.Crawlers;
using Tarn.Sql.Scans.Text;
using Tarn.Store;
using Tarn.Wire.Dispatch;
using Shapes = Tarn.Api.Glue;

namespace Tarn.Glue.Classifiers;

/// <summary>The operations on custom classifiers. CSV and JSON ones are used by crawls; grok and XML ones are refused until they are.</summary>
internal sealed class ClassifierOperations(IMetadataStore store, TimeProvider time)
{
    private const int PageMax = 100;

    public void AddTo(OperationTable operations) => operations
        .On(Shapes.GlueModel.CreateClassifier, CreateClassifier, "CSV and JSON")
        .On(Shapes.GlueModel.UpdateClassifier, UpdateClassifier, "CSV and JSON")
        .On(Shapes.GlueModel.DeleteClassifier, DeleteClassifier)
        .On(Shapes.GlueModel.GetClassifier, GetClassifier)
        .On(Shapes.GlueModel.GetClassifiers, GetClassifiers);

    private async ValueTask<Shapes.CreateClassifierResponse> CreateClassifier(Shapes.CreateClassifierRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Refuse(request.GrokClassifier, request.XMLClassifier);
        RequireOne(request.CsvClassifier, request.JsonClassifier);
        var now = time.GetUtcNow();
        var classifier = request.CsvClassifier is { } csv
            ? new ClassifierRecord { Name = csv.Name!, CreationTime = now, LastUpdated = now, Csv = Checked(ToRecord(csv)) }
            : new ClassifierRecord { Name = request.JsonClassifier!.Name!, CreationTime = now, LastUpdated = now, Json = new JsonClassifierRecord(Checked(request.JsonClassifier.JsonPath!)) };
        await store.WriteAsync(
            writer =>
            {
                if (ClassifierRows.Find(writer, context.Scope, classifier.Name) is not null)
                {
                    throw CrawlerErrors.ClassifierExists(classifier.Name);
                }

                ClassifierRows.Put(writer, context.Scope, classifier);
                return true;
            },
            cancellationToken);
        return new Shapes.CreateClassifierResponse();
    }

    private async ValueTask<Shapes.UpdateClassifierResponse> UpdateClassifier(Shapes.UpdateClassifierRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Refuse(request.GrokClassifier, request.XMLClassifier);
        RequireOne(request.CsvClassifier, request.JsonClassifier);
        var name = request.CsvClassifier?.Name ?? request.JsonClassifier!.Name!;
        await store.WriteAsync(
            writer =>
            {
                var old = ClassifierRows.Find(writer, context.Scope, name) ?? throw CrawlerErrors.ClassifierNotFound(name);
                if (old.Csv is null != (request.CsvClassifier is null))
                {
                    throw GlueErrors.InvalidInput($"Classifier {name} is of another kind, which cannot be changed.");
                }

                ClassifierRows.Put(writer, context.Scope, old with
                {
                    Version = old.Version + 1,
                    LastUpdated = time.GetUtcNow(),
                    Csv = request.CsvClassifier is { } csv ? Checked(Merge(old.Csv!, csv)) : null,
                    Json = request.JsonClassifier is { } json ? new JsonClassifierRecord(Checked(json.JsonPath ?? old.Json!.JsonPath)) : null,
                });
                return true;
            },
            cancellationToken);
        return new Shapes.UpdateClassifierResponse();
    }

    private async ValueTask<Shapes.DeleteClassifierResponse> DeleteClassifier(Shapes.DeleteClassifierRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (!await store.WriteAsync(writer => ClassifierRows.Delete(writer, context.Scope, request.Name!), cancellationToken))
        {
            throw CrawlerErrors.ClassifierNotFound(request.Name!);
        }

        return new Shapes.DeleteClassifierResponse();
    }

    private async ValueTask<Shapes.GetClassifierResponse> GetClassifier(Shapes.GetClassifierRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var classifier = await store.ReadAsync(reader => ClassifierRows.Find(reader, context.Scope, request.Name!), cancellationToken);
        return new Shapes.GetClassifierResponse { Classifier = ToApi(classifier ?? throw CrawlerErrors.ClassifierNotFound(request.Name!)) };
    }

    private async ValueTask<Shapes.GetClassifiersResponse> GetClassifiers(Shapes.GetClassifiersRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var after = PageToken.DecodeText("GetClassifiers", request.NextToken, GlueErrors.InvalidToken) ?? "";
        var count = request.MaxResults ?? PageMax;
        var found = await store.ReadAsync(reader => ClassifierRows.List(reader, context.Scope, after, count + 1), cancellationToken);
        return new Shapes.GetClassifiersResponse
        {
            Classifiers = [.. found.Take(count).Select(ToApi)],
            NextToken = found.Count > count ? PageToken.Encode("GetClassifiers", found[count - 1].Name) : null,
        };
    }

    private static void Refuse(object? grok, object? xml)
    {
        if (grok is not null)
        {
            throw CrawlerErrors.NotBuilt("Grok classifiers are");
        }

        if (xml is not null)
        {
            throw CrawlerErrors.NotBuilt("XML classifiers are");
        }
    }

    private static void RequireOne(object? csv, object? json)
    {
        if (csv is null == (json is null))
        {
            throw GlueErrors.InvalidInput("Exactly one classifier must be given.");
        }
    }

    private static string Checked(string path) =>
        JsonPath.TryParse(path, out _, out var reason) ? path : throw GlueErrors.InvalidInput($"Invalid JSON path '{path}': {reason}.");

    private static CsvClassifierRecord Checked(CsvClassifierRecord csv)
    {
        if ((csv.QuoteSymbol ?? "\"") == csv.Delimiter)
        {
            throw GlueErrors.InvalidInput("The quote symbol must be different from the delimiter.");
        }

        if (csv.CustomDatatypes?.FirstOrDefault(name => !CsvClassifierRecord.IsDatatype(name)) is { } unknown)
        {
            throw GlueErrors.InvalidInput($"Invalid custom datatype: {unknown}.");
        }

        if (csv.Header is { } header && header.Distinct(StringComparer.OrdinalIgnoreCase).Count() != header.Count)
        {
            throw GlueErrors.InvalidInput("The header has a name twice.");
        }

        return csv;
    }

    private static CsvClassifierRecord ToRecord(Shapes.CreateCsvClassifierRequest csv) => new()
    {
        Delimiter = csv.Delimiter,
        QuoteSymbol = csv.QuoteSymbol,
        ContainsHeader = csv.ContainsHeader,
        Header = csv.Header,
        DisableValueTrimming = csv.DisableValueTrimming,
        AllowSingleColumn = csv.AllowSingleColumn,
        CustomDatatypeConfigured = csv.CustomDatatypeConfigured,
        CustomDatatypes = csv.CustomDatatypes,
        Serde = csv.Serde,
    };

    private static CsvClassifierRecord Merge(CsvClassifierRecord old, Shapes.UpdateCsvClassifierRequest csv) => new()
    {
        Delimiter = csv.Delimiter ?? old.Delimiter,
        QuoteSymbol = csv.QuoteSymbol ?? old.QuoteSymbol,
        ContainsHeader = csv.ContainsHeader ?? old.ContainsHeader,
        Header = csv.Header ?? old.Header,
        DisableValueTrimming = csv.DisableValueTrimming ?? old.DisableValueTrimming,
        AllowSingleColumn = csv.AllowSingleColumn ?? old.AllowSingleColumn,
        CustomDatatypeConfigured = csv.CustomDatatypeConfigured ?? old.CustomDatatypeConfigured,
        CustomDatatypes = csv.CustomDatatypes ?? old.CustomDatatypes,
        Serde = csv.Serde ?? old.Serde,
    };

    private static Shapes.Classifier ToApi(ClassifierRecord classifier) => classifier switch
    {
        { Csv: { } csv } => new Shapes.Classifier
        {
            CsvClassifier = new Shapes.CsvClassifier
            {
                Name = classifier.Name,
                CreationTime = classifier.CreationTime,
                LastUpdated = classifier.LastUpdated,
                Version = classifier.Version,
                Delimiter = csv.Delimiter,
                QuoteSymbol = csv.QuoteSymbol,
                ContainsHeader = csv.ContainsHeader,
                Header = csv.Header,
                DisableValueTrimming = csv.DisableValueTrimming,
                AllowSingleColumn = csv.AllowSingleColumn,
                CustomDatatypeConfigured = csv.CustomDatatypeConfigured,
                CustomDatatypes = csv.CustomDatatypes,
                Serde = csv.Serde,
            },
        },
        _ => new Shapes.Classifier
        {
            JsonClassifier = new Shapes.JsonClassifier
            {
                Name = classifier.Name,
                CreationTime = classifier.CreationTime,
                LastUpdated = classifier.LastUpdated,
                Version = classifier.Version,
                JsonPath = classifier.Json!.JsonPath,
            },
        },
    };
}
