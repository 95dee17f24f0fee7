using System.Globalization;
using System.Text;

namespace Tarn.Server.Demo;

/// <summary>
/// One million order events of a shop in three countries, made from a fixed seed: 600,000 orders as CSV (two schemas: the column
/// <c>channel</c> came in July) and 400,000 payments as nested JSON. They have the dirt of real data: quotes and commas inside values, missing
/// fields, text in three scripts. The same rows come out on every machine, and the totals are counted while they are made, so that the
/// demo can check Tarn's answers against numbers that Tarn did not compute.
/// </summary>
internal sealed class OrderEvents
{
    public const int OrderCount = 600_000;
    public const int PaymentCount = 400_000;

    private static readonly Country[] Countries =
    [
        new("DE", "Berlin,München,Köln,Straße am Fluß", "Kaffee \"Crema\", 1 kg;Äpfel, süß;Brötchen;Müsli ohne Nüsse;Käse, gereift"),
        new("FR", "Paris,Orléans,Saint-Étienne,Nîmes", "Café \"moulu\", 250 g;Crème brûlée;Pâté, 200 g;Œufs frais;Fromage à pâte dure"),
        new("JP", "東京,大阪,京都,札幌", "緑茶「宇治」, 100 g;味噌;醤油, 1 L;\"特選\" 海苔;お米 5kg"),
    ];

    private static readonly string[] Channels = ["web", "app", "shop"];
    private static readonly string[] Methods = ["card", "transfer", "wallet"];

    private readonly Dictionary<string, (long Orders, long Cents)> expected = Countries.ToDictionary(country => country.Code, _ => (0L, 0L));

    /// <summary>Per country: captured payments of orders with a quantity, and their sum in cents. Complete when both kinds of files have been made.</summary>
    public IReadOnlyDictionary<string, (long Orders, long Cents)> Expected => expected;

    /// <summary>The CSV files: key below the prefix, and its bytes. One file per country and month of 2026.</summary>
    public static IEnumerable<(string Key, byte[] Content)> OrderFiles()
    {
        for (var country = 0; country < Countries.Length; country++)
        {
            for (var month = 1; month <= 12; month++)
            {
                yield return ($"country={Countries[country].Code}/orders-2026-{month:00}.csv", Encoding.UTF8.GetBytes(OrderFile(country, month)));
            }
        }
    }

    /// <summary>The JSON files, one object per line, eight of them.</summary>
    public IEnumerable<(string Key, byte[] Content)> PaymentFiles()
    {
        const int files = 8;
        for (var file = 0; file < files; file++)
        {
            var text = new StringBuilder(16 << 20);
            for (var payment = file * (PaymentCount / files); payment < (file + 1) * (PaymentCount / files); payment++)
            {
                AppendPayment(text, payment);
            }

            yield return ($"payments-{file + 1:00}.json", Encoding.UTF8.GetBytes(text.ToString()));
        }
    }

    private static string OrderFile(int country, int month)
    {
        var hasChannel = month >= 7;
        var text = new StringBuilder(2 << 20);
        text.Append("order_id,ordered_at,customer_id,city,product,quantity,unit_price").Append(hasChannel ? ",channel\n" : "\n");
        const int ordersPerFile = OrderCount / 36;
        var first = ((country * 12) + month - 1) * ordersPerFile;
        var last = country == Countries.Length - 1 && month == 12 ? OrderCount : first + ordersPerFile;
        for (var id = first; id < last; id++)
        {
            var order = Order.Of(id, country);
            text.Append(id + 1).Append(',');
            text.Append("2026-").Append(month.ToString("00", CultureInfo.InvariantCulture)).Append('-').Append(order.Day.ToString("00", CultureInfo.InvariantCulture)).Append(" 12:00:00,");
            text.Append(order.Customer).Append(',');
            AppendCsv(text, order.City).Append(',');
            AppendCsv(text, order.Product).Append(',');
            text.Append(order.Quantity == 0 ? "" : order.Quantity.ToString(CultureInfo.InvariantCulture)).Append(',');
            AppendMoney(text, order.UnitCents);
            text.Append(hasChannel ? "," + Channels[id % 3] : "").Append('\n');
        }

        return text.ToString();
    }

    private void AppendPayment(StringBuilder text, int payment)
    {
        // Two of three orders are paid; the payment's order is spread over all countries and months.
        var orderId = payment / 2 * 3 + (payment % 2);
        const int ordersPerFile = OrderCount / 36;
        var country = Math.Min(orderId / ordersPerFile / 12, Countries.Length - 1);
        var order = Order.Of(orderId, country);
        var captured = payment % 10 != 9;
        var cents = Math.Max(order.Quantity, 1) * order.UnitCents;
        if (captured && order.Quantity > 0)
        {
            var (orders, sum) = expected[Countries[country].Code];
            expected[Countries[country].Code] = (orders + 1, sum + cents);
        }

        text.Append("{\"order_id\":").Append(orderId + 1).Append(",\"status\":\"").Append(captured ? "captured" : "declined").Append("\",\"amount\":");
        AppendMoney(text, cents);
        text.Append(",\"method\":{\"type\":\"").Append(Methods[payment % 3]).Append('"');
        if (payment % 3 == 0)
        {
            text.Append(",\"brand\":\"").Append(payment % 2 == 0 ? "Visa" : "JCB").Append('"');
        }

        text.Append("},\"customer\":{\"id\":").Append(order.Customer).Append(",\"address\":{\"city\":\"").Append(order.City).Append("\",\"country\":\"").Append(Countries[country].Code).Append("\"}}");
        if (payment % 7 != 0)
        {
            text.Append(",\"tags\":[\"").Append(payment % 5 == 0 ? "gift" : "regular").Append("\"]");
        }

        text.Append("}\n");
    }

    private static StringBuilder AppendCsv(StringBuilder text, string value) =>
        value.AsSpan().IndexOfAny(',', '"') < 0 ? text.Append(value) : text.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');

    private static void AppendMoney(StringBuilder text, long cents) =>
        text.Append(cents / 100).Append('.').Append((cents % 100).ToString("00", CultureInfo.InvariantCulture));

    private sealed record Country(string Code, string CityList, string ProductList)
    {
        public string[] Cities { get; } = CityList.Split(',');

        public string[] Products { get; } = ProductList.Split(';');
    }

    /// <param name="Quantity">0 stands for a missing one: about one order in fifty.</param>
    private readonly record struct Order(int Day, int Customer, string City, string Product, int Quantity, long UnitCents)
    {
        public static Order Of(int id, int country)
        {
            // SplitMix64 of the id: any row can be made alone.
            var z = (ulong)id * 0x9E3779B97F4A7C15 + 0x5EED;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            var (cities, products) = (Countries[country].Cities, Countries[country].Products);
            var product = (int)(z >> 8 & 0xFF) % products.Length;
            return new Order(
                1 + (int)(z & 0xFF) % 28,
                (int)(z >> 16 & 0xFFFF),
                cities[(int)(z >> 32 & 0xFF) % cities.Length],
                products[product],
                (z >> 40 & 0xFF) % 50 == 7 ? 0 : 1 + (int)(z >> 40 & 0xFF) % 5,
                199 + (long)(z >> 48 & 0xFFF));
        }
    }
}
