using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tarn.Server.Demo;

namespace Tarn.Server.Tests.Demo;

public sealed class OrderEventsTests
{
    [Fact]
    public void The_same_rows_come_out_every_time()
    {
        var first = OrderEvents.OrderFiles().Select(file => Convert.ToHexString(SHA256.HashData(file.Content)));
        var second = OrderEvents.OrderFiles().Select(file => Convert.ToHexString(SHA256.HashData(file.Content)));
        Assert.Equal(first, second);
    }

    [Fact]
    public void There_are_a_million_events_in_two_schemas_with_the_dirt_of_real_data()
    {
        var orders = OrderEvents.OrderFiles().Select(file => Encoding.UTF8.GetString(file.Content)).ToList();
        Assert.Equal(OrderEvents.OrderCount, orders.Sum(text => text.Count(c => c == '\n') - 1));
        Assert.Equal(2, orders.Select(text => text[..text.IndexOf('\n', StringComparison.Ordinal)]).Distinct().Count());
        Assert.All(orders, text => Assert.Contains(",,", text, StringComparison.Ordinal));
        Assert.Contains(orders, text => text.Contains("\"緑茶「宇治」, 100 g\"", StringComparison.Ordinal));

        var payments = new OrderEvents().PaymentFiles().SelectMany(file => Encoding.UTF8.GetString(file.Content).Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(OrderEvents.PaymentCount, payments.Count);
        Assert.All(payments.Take(1000), line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public void The_totals_are_those_of_joining_the_rows()
    {
        var quantities = new Dictionary<long, bool>();
        foreach (var (key, content) in OrderEvents.OrderFiles())
        {
            foreach (var line in Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
            {
                quantities.Add(long.Parse(line.AsSpan(0, line.IndexOf(',', StringComparison.Ordinal))), !HasNoQuantity(line));
            }
        }

        var events = new OrderEvents();
        var totals = new Dictionary<string, (long Orders, long Cents)>();
        foreach (var line in events.PaymentFiles().SelectMany(file => Encoding.UTF8.GetString(file.Content).Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            using var json = JsonDocument.Parse(line);
            var payment = json.RootElement;
            if (payment.GetProperty("status").GetString() == "captured" && quantities[payment.GetProperty("order_id").GetInt64()])
            {
                var country = payment.GetProperty("customer").GetProperty("address").GetProperty("country").GetString()!;
                var (orders, cents) = totals.GetValueOrDefault(country);
                totals[country] = (orders + 1, cents + (long)(payment.GetProperty("amount").GetDecimal() * 100));
            }
        }

        Assert.Equal(totals.OrderBy(pair => pair.Key), events.Expected.OrderBy(pair => pair.Key));
    }

    /// <summary>The quantity is the field before the price: empty fields stand nowhere else.</summary>
    private static bool HasNoQuantity(string line) => line.Contains(",,", StringComparison.Ordinal);
}
