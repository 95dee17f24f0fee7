using System.Text.Json.Serialization;

namespace Tarn.Kinesis.Accounts;

/// <summary>The settings of an account in a region, as they are stored: the commitment to a minimum of throughput that on-demand streams with warm throughput need.</summary>
internal sealed record AccountRecord
{
    private static readonly TimeSpan CommitmentMin = TimeSpan.FromHours(24);

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the commitment ended or will end; null while it is on.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    [JsonIgnore]
    public DateTimeOffset? EarliestAllowedEndAt => StartedAt + CommitmentMin;

    /// <summary>Whether the commitment holds; one that was ended early holds until its earliest end.</summary>
    public bool IsCommitted(DateTimeOffset now) => StartedAt is not null && (EndedAt is null || EndedAt > now);

    public string Status(DateTimeOffset now) => !IsCommitted(now) ? "DISABLED" : EndedAt is null ? "ENABLED" : "ENABLED_UNTIL_EARLIEST_ALLOWED_END";

    public AccountRecord Enable(DateTimeOffset now) => IsCommitted(now) ? this with { EndedAt = null } : new AccountRecord { StartedAt = now };

    public AccountRecord Disable(DateTimeOffset now) => IsCommitted(now) && EndedAt is null ? this with { EndedAt = EarliestAllowedEndAt > now ? EarliestAllowedEndAt : now } : this;
}
