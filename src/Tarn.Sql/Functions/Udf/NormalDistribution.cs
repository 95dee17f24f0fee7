namespace Tarn.Sql.Functions.Udf;

/// <summary>The normal distribution and what follows from it.</summary>
internal static class NormalDistribution
{
    public static double Cdf(double mean, double deviation, double x)
    {
        if (!(deviation > 0))
        {
            throw MathUdfs.Argument("standardDeviation must be > 0");
        }

        if (!double.IsFinite(mean))
        {
            throw MathUdfs.Argument("mean must be finite");
        }

        return 0.5 * ComplementaryError(-(x - mean) / (deviation * Math.Sqrt(2)));
    }

    public static double Inverse(double mean, double deviation, double p)
    {
        if (p is not (> 0 and < 1))
        {
            throw MathUdfs.Argument("p must be 0 > p > 1");
        }

        if (!(deviation > 0))
        {
            throw MathUdfs.Argument("standardDeviation must be > 0");
        }

        return mean + (deviation * StandardQuantile(p));
    }

    public static double Wilson(long successes, long trials, double z, int side)
    {
        if (successes < 0)
        {
            throw MathUdfs.Argument("number of successes must not be negative");
        }

        if (trials <= 0)
        {
            throw MathUdfs.Argument("number of trials must be positive");
        }

        if (successes > trials)
        {
            throw MathUdfs.Argument("number of successes must not be larger than number of trials");
        }

        if (z < 0)
        {
            throw MathUdfs.Argument("z-score must not be negative");
        }

        double s = successes, n = trials;
        var p = s / n;
        return (p + (z * z / (2 * n)) + (side * z * Math.Sqrt(((p * (1 - p)) + (z * z / (4 * n))) / n))) / (1 + (z * z / n));
    }

    /// <summary>Acklam's rational approximation, then two steps of Halley's method, which bring it to the last digits.</summary>
    private static double StandardQuantile(double p)
    {
        double x;
        if (p is < 0.02425 or > 0.97575)
        {
            var q = Math.Sqrt(-2 * Math.Log(p < 0.5 ? p : 1 - p));
            x = (((((((((-7.784894002430293e-03 * q) - 3.223964580411365e-01) * q) - 2.400758277161838e+00) * q) - 2.549732539343734e+00) * q) + 4.374664141464968e+00) * q + 2.938163982698783e+00)
                / ((((((7.784695709041462e-03 * q) + 3.224671290700398e-01) * q + 2.445134137142996e+00) * q + 3.754408661907416e+00) * q) + 1);
            x = p < 0.5 ? x : -x;
        }
        else
        {
            var q = p - 0.5;
            var r = q * q;
            x = ((((((((((-3.969683028665376e+01 * r) + 2.209460984245205e+02) * r) - 2.759285104469687e+02) * r) + 1.383577518672690e+02) * r) - 3.066479806614716e+01) * r) + 2.506628277459239e+00) * q
                / (((((((((-5.447609879822406e+01 * r) + 1.615858368580409e+02) * r) - 1.556989798598866e+02) * r) + 6.680131188771972e+01) * r) - 1.328068155288572e+01) * r + 1);
        }

        for (var i = 0; i < 2; i++)
        {
            var error = (0.5 * ComplementaryError(-x / Math.Sqrt(2))) - p;
            var u = error * Math.Sqrt(2 * Math.PI) * Math.Exp(x * x / 2);
            x -= u / (1 + (x * u / 2));
        }

        return x;
    }

    /// <summary>erfc by its series near zero and a continued fraction far from it, both to about 1e-16.</summary>
    private static double ComplementaryError(double x)
    {
        if (x < 0)
        {
            return 2 - ComplementaryError(-x);
        }

        if (x < 1)
        {
            double term = x, sum = x;
            for (var n = 1; n < 200 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }

            return 1 - (2 / Math.Sqrt(Math.PI) * sum);
        }

        if (x > 27)
        {
            return 0;
        }

        var fraction = 0.0;
        for (var n = 400; n > 0; n--)
        {
            fraction = n / 2.0 / (x + fraction);
        }

        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
    }
}
