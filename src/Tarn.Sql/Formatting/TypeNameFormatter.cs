using System.Text;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Formatting;

internal static class TypeNameFormatter
{
    public static void Append(StringBuilder text, TypeName type)
    {
        switch (type)
        {
            case GenericTypeName generic:
                text.Append(NeedsQuotes(generic.Name) ? $"\"{generic.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : generic.Name);
                if (generic.Arguments.Count > 0)
                {
                    text.Append('(').AppendList(generic.Arguments, Append).Append(')');
                }

                break;
            case NumberTypeArgument number:
                text.Append(number.Value);
                break;
            case DateTimeTypeName dateTime:
                text.Append(dateTime.Name).Append(dateTime.Precision is { } precision ? $"({precision})" : "").Append(dateTime.WithTimeZone ? " with time zone" : "");
                break;
            case IntervalTypeName interval:
                text.Append("interval ").Append(Lower(interval.From)).Append(interval.To == interval.From ? "" : " to " + Lower(interval.To));
                break;
            case RowTypeName row:
                text.Append("row(").AppendList(row.Fields, AppendField).Append(')');
                break;
            default:
                throw new InvalidOperationException($"no format for {type.GetType().Name}");
        }
    }

    private static void AppendField(StringBuilder text, RowTypeField field)
    {
        if (field.Name is { } name)
        {
            text.AppendName(name).Append(' ');
        }

        Append(text, field.Type);
    }

    private static string Lower(IntervalField field) => field.ToString().ToLowerInvariant();

    private static bool NeedsQuotes(string name) => name.Length == 0 || !(char.IsAsciiLetter(name[0]) || name[0] == '_') || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || Lexing.Keywords.IsReserved(name.ToUpperInvariant());
}
