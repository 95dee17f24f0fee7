namespace Tarn.Sql.Functions.Udf;

/// <summary>Arrays of numbers as vectors; NULL where an element is.</summary>
internal static class Vectors
{
    public static double? Dot(double?[] a, double?[] b)
    {
        SameLength(a, b);
        double? sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    public static double? Distance(double?[] a, double?[] b)
    {
        SameLength(a, b);
        double? sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return sum is { } total ? Math.Sqrt(total) : null;
    }

    public static double? Cosine(double?[] a, double?[] b)
    {
        SameLength(a, b);
        var (dot, x, y) = (Dot(a, b), Dot(a, a), Dot(b, b));
        if (dot is null)
        {
            return null;
        }

        return x == 0 || y == 0 ? throw MathUdfs.Argument("Vector magnitude cannot be zero") : dot / Math.Sqrt(x!.Value * y!.Value);
    }

    private static void SameLength(double?[] a, double?[] b)
    {
        if (a.Length != b.Length)
        {
            throw MathUdfs.Argument("The arguments must have the same length");
        }
    }
}
