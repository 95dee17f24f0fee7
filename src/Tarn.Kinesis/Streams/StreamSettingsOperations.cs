using Tarn.Api.Kinesis;
using Tarn.Kinesis.Accounts;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Streams;

/// <summary>The operations that change one setting of a stream: retention, metrics, mode, record size, warm throughput.</summary>
internal sealed class StreamSettingsOperations(StreamStore streams, AccountStore accounts, KinesisOptions options)
{
    private const int RetentionHoursMin = 24;
    private const int RetentionHoursMax = 8_760;

    private static readonly string[] AllMetrics =
    [
        "IncomingBytes", "IncomingRecords", "IteratorAgeMilliseconds", "OutgoingBytes", "OutgoingRecords", "ReadProvisionedThroughputExceeded", "WriteProvisionedThroughputExceeded",
    ];

    public async ValueTask<IncreaseStreamRetentionPeriodOutput> IncreaseStreamRetentionPeriod(IncreaseStreamRetentionPeriodInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var hours = request.RetentionPeriodHours!.Value;
        await ChangeAsync(
            StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId),
            stream => CheckRetention(hours) >= stream.Settings.RetentionHours ? stream.Settings with { RetentionHours = hours } : throw KinesisErrors.RetentionNotLonger(stream, hours),
            cancellationToken);
        return new IncreaseStreamRetentionPeriodOutput();
    }

    public async ValueTask<DecreaseStreamRetentionPeriodOutput> DecreaseStreamRetentionPeriod(DecreaseStreamRetentionPeriodInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var hours = request.RetentionPeriodHours!.Value;
        await ChangeAsync(
            StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId),
            stream => CheckRetention(hours) <= stream.Settings.RetentionHours ? stream.Settings with { RetentionHours = hours } : throw KinesisErrors.RetentionNotShorter(stream, hours),
            cancellationToken);
        return new DecreaseStreamRetentionPeriodOutput();
    }

    public async ValueTask<EnhancedMonitoringOutput> EnableEnhancedMonitoring(EnableEnhancedMonitoringInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var named = Metrics(request.ShardLevelMetrics!);
        var before = await ChangeAsync(
            StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId),
            stream => stream.Settings with { Metrics = Sorted(stream.Settings.Metrics.Union(named)) },
            cancellationToken);
        return Monitoring(before, Sorted(before.Settings.Metrics.Union(named)));
    }

    public async ValueTask<EnhancedMonitoringOutput> DisableEnhancedMonitoring(DisableEnhancedMonitoringInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var named = Metrics(request.ShardLevelMetrics!);
        var before = await ChangeAsync(
            StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId),
            stream => stream.Settings with { Metrics = Sorted(stream.Settings.Metrics.Except(named)) },
            cancellationToken);
        return Monitoring(before, Sorted(before.Settings.Metrics.Except(named)));
    }

    public async ValueTask<UpdateStreamModeOutput> UpdateStreamMode(UpdateStreamModeInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var mode = StreamMapping.ParseMode(request.StreamModeDetails!.StreamMode);
        if (request.WarmThroughputMiBps is { } warm)
        {
            await accounts.CheckWarmThroughputAsync(context.Scope, mode, warm, cancellationToken);
        }

        await streams.ChangeAsync(
            StreamReference.Of(context, name: null, request.StreamARN, request.StreamId),
            (stream, now) => SwitchMode(stream, mode, request.WarmThroughputMiBps, now),
            cancellationToken);
        return new UpdateStreamModeOutput();
    }

    public async ValueTask<UpdateMaxRecordSizeOutput> UpdateMaxRecordSize(UpdateMaxRecordSizeInput request, RequestContext context, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            StreamReference.Of(context, name: null, request.StreamARN, request.StreamId),
            stream => stream.Settings with { MaxRecordSizeKiB = request.MaxRecordSizeInKiB!.Value },
            cancellationToken);
        return new UpdateMaxRecordSizeOutput();
    }

    public async ValueTask<UpdateStreamWarmThroughputOutput> UpdateStreamWarmThroughput(UpdateStreamWarmThroughputInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId);
        var warm = request.WarmThroughputMiBps!.Value;
        await accounts.CheckWarmThroughputAsync(context.Scope, (await streams.GetAsync(reference, cancellationToken)).Settings.Mode, warm, cancellationToken);
        var before = await streams.ChangeAsync(
            reference,
            (stream, _) => stream.Settings.Mode == StreamMode.OnDemand ? Warm(stream, stream.Settings with { WarmThroughputMiBps = warm }) : throw AccountStore.NotOnDemand(),
            cancellationToken);
        var stream = await streams.GetAsync(StreamReference.Of(context, name: null, arn: null, before.Id), cancellationToken);
        return new UpdateStreamWarmThroughputOutput
        {
            StreamName = stream.Name,
            StreamARN = stream.Arn,
            WarmThroughput = new WarmThroughputObject { TargetMiBps = warm, CurrentMiBps = Math.Min(warm, stream.OpenShards.Length) },
        };
    }

    private StreamChange? SwitchMode(StreamSnapshot stream, StreamMode mode, int? warm, DateTimeOffset now)
    {
        if (stream.Settings.Mode == mode && warm is null)
        {
            return null;
        }

        var settings = stream.Settings with { Mode = mode, WarmThroughputMiBps = mode == StreamMode.OnDemand ? warm ?? stream.Settings.WarmThroughputMiBps : null };
        if (stream.Settings.Mode == mode)
        {
            return Warm(stream, settings);
        }

        if (mode == StreamMode.OnDemand)
        {
            streams.CheckOnDemand(stream.Scope);
        }

        var switches = CallHistory.Add(stream.Record.Calls.ModeSwitches, now, options.ModeSwitchesPerDayMax)
            ?? throw KinesisErrors.TooManyCalls("UpdateStreamMode", stream, options.ModeSwitchesPerDayMax);
        return Warm(stream, settings) with { Calls = stream.Record.Calls with { ModeSwitches = switches } };
    }

    /// <summary>Settings with the shards that their warm throughput needs: one takes 1 MiB/s. Shards are never taken away by it.</summary>
    private static StreamChange Warm(StreamSnapshot stream, StreamSettings settings) => new()
    {
        Settings = settings,
        Reshard = settings.WarmThroughputMiBps > stream.OpenShards.Length ? new Reshard { Target = settings.WarmThroughputMiBps.Value } : null,
    };

    /// <summary>Changes settings; a stream that has them already is left alone, as an infrastructure tool that asks again expects.</summary>
    private ValueTask<StreamSnapshot> ChangeAsync(StreamReference reference, Func<StreamSnapshot, StreamSettings> change, CancellationToken cancellationToken) =>
        streams.ChangeAsync(
            reference,
            (stream, _) =>
            {
                var settings = change(stream);
                var isSame = settings with { Metrics = stream.Settings.Metrics } == stream.Settings && settings.Metrics.SequenceEqual(stream.Settings.Metrics);
                return isSame ? null : new StreamChange { Settings = settings };
            },
            cancellationToken);

    private static int CheckRetention(int hours) =>
        hours < RetentionHoursMin ? throw KinesisErrors.RetentionTooShort(hours)
        : hours > RetentionHoursMax ? throw KinesisErrors.RetentionTooLong(hours)
        : hours;

    private static EnhancedMonitoringOutput Monitoring(StreamSnapshot before, IReadOnlyList<string> desired) => new()
    {
        StreamName = before.Name,
        StreamARN = before.Arn,
        CurrentShardLevelMetrics = before.Settings.Metrics,
        DesiredShardLevelMetrics = desired,
    };

    private static IReadOnlyList<string> Metrics(IReadOnlyList<string> named) => named.Contains("ALL") ? AllMetrics : named;

    private static IReadOnlyList<string> Sorted(IEnumerable<string> metrics) => [.. metrics.Order(StringComparer.Ordinal)];
}
