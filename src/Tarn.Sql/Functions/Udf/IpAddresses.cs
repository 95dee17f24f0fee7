using System.Net;
using System.Net.Sockets;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Addresses as 16 bytes; those of IPv4 are mapped (<c>::ffff:a.b.c.d</c>).</summary>
internal static class IpAddresses
{
    public static byte[] Parse(string text) =>
        text.AsSpan().IndexOfAny("%/[]") < 0 && (text.Contains(':') || text.Split('.').Length == 4) && IPAddress.TryParse(text, out var address)
            ? address.MapToIPv6().GetAddressBytes()
            : throw NumberTexts.Invalid($"Cannot cast value to IPADDRESS: {text}");

    public static string Format(byte[] bytes)
    {
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : Hexadecimal(address);
    }

    public static byte[] FromBytes(byte[] bytes) => bytes.Length switch
    {
        16 => bytes,
        4 => new IPAddress(bytes).MapToIPv6().GetAddressBytes(),
        _ => throw NumberTexts.Invalid($"Invalid InetAddress binary length: {bytes.Length}"),
    };

    /// <summary>.NET writes the last 32 bits of some addresses with dots; the canonical text of RFC 5952, which Trino gives, does not.</summary>
    private static string Hexadecimal(IPAddress address)
    {
        var text = address.ToString();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || !text.Contains('.'))
        {
            return text;
        }

        var bytes = address.GetAddressBytes();
        var head = text[..(text.LastIndexOf(':') + 1)];
        return $"{head}{(bytes[12] << 8) | bytes[13]:x}:{(bytes[14] << 8) | bytes[15]:x}";
    }
}
