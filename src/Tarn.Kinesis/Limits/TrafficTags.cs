using System.Globalization;

namespace Tarn.Kinesis.Limits;

/// <summary>The tags of a stream by which Tarn is told how to treat its calls. Their prefix is Tarn's own: a tag with it that is not here is refused.</summary>
internal static class TrafficTags
{
    public const string Prefix = "tarn:";

    private const string EnforceShardLimits = "tarn:enforceShardLimits";
    private const string ThrottleShare = "tarn:throttleShare";
    private const string FailShare = "tarn:failShare";
    private const string LatencyMs = "tarn:latencyMs";

    public static bool IsOwn(string key) => key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Refuses tags of Tarn's that mean nothing.</summary>
    /// <exception cref="Contracts.AwsException"><c>InvalidArgumentException</c>, which says what the tag takes.</exception>
    public static void Check(IReadOnlyDictionary<string, string> tags)
    {
        foreach (var (key, value) in tags)
        {
            var problem = !IsOwn(key) ? null : key switch
            {
                EnforceShardLimits => Flag(value) is null ? "true or false" : null,
                ThrottleShare or FailShare => Share(value) is null ? "a number from 0 to 1" : null,
                LatencyMs => Delay(value) is null ? $"a whole number from 0 to {FaultOptions.LatencyMsMax}" : null,
                _ => throw KinesisErrors.UnknownTag(key, [EnforceShardLimits, ThrottleShare, FailShare, LatencyMs]),
            };
            if (problem is not null)
            {
                throw KinesisErrors.InvalidTag(key, value, problem);
            }
        }
    }

    /// <summary>What settings and tags say together. A tag that does not parse is as if it were not there.</summary>
    public static TrafficRules Rules(IReadOnlyDictionary<string, string> tags, KinesisOptions options) => new(
        Flag(tags.GetValueOrDefault(EnforceShardLimits)) ?? options.EnforceShardLimits,
        Share(tags.GetValueOrDefault(ThrottleShare)) ?? options.Faults.ThrottleShare,
        Share(tags.GetValueOrDefault(FailShare)) ?? options.Faults.FailShare,
        TimeSpan.FromMilliseconds(Delay(tags.GetValueOrDefault(LatencyMs)) ?? options.Faults.LatencyMs));

    private static bool? Flag(string? text) => bool.TryParse(text, out var flag) ? flag : null;

    private static double? Share(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1 ? share : null;

    private static int? Delay(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var delay) && delay <= FaultOptions.LatencyMsMax ? delay : null;
}
