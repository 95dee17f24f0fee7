using Tarn.Clients.Kinesis.Credentials;

namespace Tarn.Clients.Kinesis;

/// <summary>Where Kinesis is, who calls it, and how long a call may take.</summary>
public sealed record KinesisClientOptions
{
    /// <summary>AWS's region, part of every signature. The default is AWS_REGION, then AWS_DEFAULT_REGION, then us-east-1.</summary>
    public string Region { get; init; } = FirstSet("AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1";

    /// <summary>
    /// Scheme, host and port of the service, with no path. Null is AWS_ENDPOINT_URL_KINESIS, then AWS_ENDPOINT_URL, then AWS's own address of the region.
    /// </summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Asked for the key of each request. The default is the environment's key, then the shared credentials file.</summary>
    public ICredentialsProvider Credentials { get; init; } = new DefaultCredentials();

    /// <summary>How long a connection may take to be made. Default 6 s, as the KPL's ConnectTimeout.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>
    /// How long a call may take until its answer has been read; of SubscribeToShard, until the subscription is accepted. Default 6 s, as the KPL's RequestTimeout.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How long a subscription may be silent before it counts as broken. The service sends an event every few seconds. Default 35 s.</summary>
    public TimeSpan SubscriptionIdleTimeout { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>Connections to the endpoint that are open at a time over HTTP/1.1. 1 to 256, default 24, as the KPL's MaxConnections.</summary>
    public int MaxConnections { get; init; } = 24;

    /// <summary>Takes any certificate of the server. Only for a Tarn with a self-signed one; default false.</summary>
    public bool AcceptAnyCertificate { get; init; }

    /// <summary>The clock of signatures and timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal Uri EndpointOrDefault()
    {
        var endpoint = Endpoint
            ?? (FirstSet("AWS_ENDPOINT_URL_KINESIS", "AWS_ENDPOINT_URL") is { } url ? new Uri(url) : new Uri($"https://kinesis.{Region}.amazonaws.com"));
        return endpoint.IsAbsoluteUri && endpoint.Scheme is "http" or "https" && endpoint.PathAndQuery == "/"
            ? endpoint
            : throw new ArgumentException($"The endpoint '{endpoint}' is not http:// or https:// with a host, perhaps a port, and no path.");
    }

    private static string? FirstSet(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                return value;
            }
        }

        return null;
    }
}
