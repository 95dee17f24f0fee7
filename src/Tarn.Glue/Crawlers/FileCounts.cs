using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Crawlers;

/// <summary>How much there is in some files. Sums are exact; records are an estimate unless every file was counted.</summary>
/// <param name="Files">Number of objects.</param>
/// <param name="Bytes">Stored bytes.</param>
/// <param name="SampledRecords">Records that were looked at.</param>
/// <param name="SampledBytes">Stored bytes that these records take.</param>
/// <param name="CountedRecords">Records of the files that were counted.</param>
/// <param name="CountedFiles">Files whose records were counted.</param>
/// <param name="HeadersInDoubt">Rows among the sampled and counted records that are headers if the table turns out to have one.</param>
internal readonly record struct FileCounts(long Files, long Bytes, long SampledRecords, long SampledBytes, long CountedRecords, long CountedFiles, long HeadersInDoubt)
{
    /// <summary>Bytes per record, at least 1 when there are records; 0 when there are none.</summary>
    public long AverageRecordSize => IsCounted
        ? CountedRecords == 0 ? 0 : Math.Max(1, Bytes / CountedRecords)
        : SampledRecords == 0 ? 0 : Math.Max(1, SampledBytes / SampledRecords);

    /// <summary>The true count where every file was counted (Parquet, and text files that were read whole), else Glue's estimate: size by average record size.</summary>
    public long RecordCount => IsCounted ? CountedRecords : AverageRecordSize == 0 ? 0 : Bytes / AverageRecordSize;

    /// <summary>The counts in a table whose header is known.</summary>
    public FileCounts In(FileFormat format) => format.HasHeader
        ? this with { SampledRecords = SampledRecords - HeadersInDoubt, CountedRecords = CountedRecords - (CountedFiles == Files ? HeadersInDoubt : 0), HeadersInDoubt = 0 }
        : this with { HeadersInDoubt = 0 };

    private bool IsCounted => CountedFiles == Files;

    public static FileCounts operator +(FileCounts left, FileCounts right) => new(
        left.Files + right.Files,
        left.Bytes + right.Bytes,
        left.SampledRecords + right.SampledRecords,
        left.SampledBytes + right.SampledBytes,
        left.CountedRecords + right.CountedRecords,
        left.CountedFiles + right.CountedFiles,
        left.HeadersInDoubt + right.HeadersInDoubt);
}
