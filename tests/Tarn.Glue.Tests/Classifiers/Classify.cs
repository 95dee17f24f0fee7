using System.Text;
using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Tests.Classifiers;

/// <summary>Runs classifiers over bytes and over files, as a crawl does.</summary>
internal static class Classify
{
    public static Task<Classification> TextAsync(string text, params IClassifier[] custom) => BytesAsync(Encoding.UTF8.GetBytes(text), custom);

    public static async Task<Classification> BytesAsync(byte[] bytes, params IClassifier[] custom)
    {
        await using var sample = await FileSample.OpenAsync("test", new MemoryStream(bytes), bytes.Length, CancellationToken.None);
        return await new ClassifierChain(custom).ClassifyAsync(sample, CancellationToken.None);
    }

    /// <summary>The answer of a crawl: damage and unknown codecs are UNKNOWN.</summary>
    public static async Task<Classification> FileAsync(string path)
    {
        var stream = File.OpenRead(path);
        var size = stream.Length;
        try
        {
            await using var sample = await FileSample.OpenAsync(path, stream, size, CancellationToken.None);
            return await new ClassifierChain([]).ClassifyAsync(sample, CancellationToken.None);
        }
        catch (Exception exception) when (exception is InvalidDataException or UnreadableFileException or EndOfStreamException)
        {
            return ClassifierChain.Unknown("none", size);
        }
    }

    /// <summary><c>name:type,name:type</c>.</summary>
    public static string Columns(this Classification found) => Columns(found.Schema);

    public static string Columns(this FileSchema schema) => string.Join(',', schema.Columns.Select(column => $"{column.Name}:{column.Type}"));

    public static string? Parameter(this Classification found, string name) =>
        found.Schema.Format.TableParameters.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();
}
