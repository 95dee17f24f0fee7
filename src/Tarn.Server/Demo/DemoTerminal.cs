using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tarn.Server.Demo;

/// <summary>
/// The demo's output: one line per stage with its time. On a terminal the line of the running stage counts up in place; elsewhere each
/// line is written once, plain.
/// </summary>
internal sealed class DemoTerminal(TextWriter output, bool isTerminal)
{
    private const int CellWidthMax = 36;

    public async Task<T> StageAsync<T>(string name, Func<Action<string>, Task<T>> stage)
    {
        var clock = Stopwatch.StartNew();
        Progress($"{name} ...");
        if (!isTerminal)
        {
            output.WriteLine($"{name} ...");
        }

        var result = await stage(detail => Progress($"{name} ... {detail}"));
        ClearLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {clock.Elapsed.TotalSeconds:0.0} s"));
        return result;
    }

    public Task StageAsync(string name, Func<Action<string>, Task> stage) =>
        StageAsync(name, async progress =>
        {
            await stage(progress);
            return true;
        });

    public void Line(string text) => output.WriteLine(text);

    /// <summary>Rows under a header, columns as wide as they need up to a limit; wide characters count as two.</summary>
    public void Table(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string?>> rows)
    {
        var all = rows.Select(row => row.Select(Cell).ToList()).Prepend(header.Select(Cell).ToList()).ToList();
        var widths = Enumerable.Range(0, header.Count).Select(column => all.Max(row => Width(row[column]))).ToList();
        for (var i = 0; i < all.Count; i++)
        {
            output.WriteLine("  " + string.Join("  ", all[i].Select((cell, column) => cell + new string(' ', widths[column] - Width(cell)))).TrimEnd());
            if (i == 0)
            {
                output.WriteLine("  " + string.Join("  ", widths.Select(width => new string('-', width))));
            }
        }
    }

    private static string Cell(string? value)
    {
        var text = (value ?? "NULL").ReplaceLineEndings(" ");
        if (Width(text) <= CellWidthMax)
        {
            return text;
        }

        var cut = new StringBuilder();
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Width(rune);
            if (width >= CellWidthMax)
            {
                break;
            }

            cut.Append(rune);
        }

        return cut.Append('…').ToString();
    }

    private static int Width(string text) => text.EnumerateRunes().Sum(Width);

    /// <summary>East Asian wide characters take two columns.</summary>
    private static int Width(Rune rune) => rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) ? 2 : 1;

    private void Progress(string text)
    {
        if (isTerminal)
        {
            ClearLine();
            output.Write(text);
        }
    }

    private void ClearLine()
    {
        if (isTerminal)
        {
            output.Write("\r\u001b[2K");
        }
    }
}
