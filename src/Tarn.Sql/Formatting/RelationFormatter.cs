using System.Text;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Formatting;

internal static class RelationFormatter
{
    /// <param name="isTop">Directly behind FROM, where commas may stand.</param>
    public static void Append(StringBuilder text, Relation relation, bool isTop)
    {
        switch (relation)
        {
            case Join join:
                AppendJoin(text, join, isTop);
                break;
            case Table table:
                text.AppendName(table.Name);
                if (table.Version is { } version)
                {
                    text.Append(version.IsTimestamp ? " FOR TIMESTAMP AS OF " : " FOR VERSION AS OF ");
                    ExpressionFormatter.Operand(text, version.Value);
                }

                break;
            case AliasedRelation aliased:
                AppendOperand(text, aliased.Relation);
                text.Append(" AS ").AppendName(aliased.Alias);
                if (aliased.Columns is { } columns)
                {
                    text.Append(' ').AppendNames(columns);
                }

                break;
            case SampledRelation sampled:
                AppendOperand(text, sampled.Relation);
                text.Append(sampled.Bernoulli ? " TABLESAMPLE BERNOULLI (" : " TABLESAMPLE SYSTEM (");
                ExpressionFormatter.Append(text, sampled.Percentage);
                text.Append(')');
                break;
            case SubqueryRelation subquery:
                AppendQuery(text, "(", subquery.Query);
                break;
            case Lateral lateral:
                AppendQuery(text, "LATERAL (", lateral.Query);
                break;
            case Unnest unnest:
                text.Append("UNNEST(").AppendList(unnest.Values, ExpressionFormatter.Append).Append(unnest.WithOrdinality ? ") WITH ORDINALITY" : ")");
                break;
            case TableFunctionCall call:
                text.Append("TABLE(").AppendName(call.Name).Append('(').AppendList(call.Arguments, AppendArgument).Append("))");
                break;
            default:
                throw new InvalidOperationException($"no format for {relation.GetType().Name}");
        }
    }

    private static void AppendQuery(StringBuilder text, string prefix, Query query)
    {
        text.Append(prefix);
        QueryFormatter.Append(text, query);
        text.Append(')');
    }

    private static void AppendArgument(StringBuilder text, TableFunctionArgument argument)
    {
        if (argument.Name is { } name)
        {
            text.AppendName(name).Append(" => ");
        }

        if (argument.Value is { } value)
        {
            ExpressionFormatter.Append(text, value);
        }
        else
        {
            text.Append("TABLE");
            AppendOperand(text, argument.Table!);
        }
    }

    private static void AppendJoin(StringBuilder text, Join join, bool isTop)
    {
        if (join.Kind == JoinKind.Implicit)
        {
            Append(text, join.Left, isTop);
            text.Append(", ");
            AppendOperand(text, join.Right);
            return;
        }

        // A join on the left needs no parentheses; a comma there does.
        if (join.Left is Join { Kind: JoinKind.Implicit })
        {
            AppendOperand(text, join.Left);
        }
        else
        {
            Append(text, join.Left, isTop: false);
        }

        text.Append(join.Natural ? " NATURAL " : " ").Append(Keyword(join.Kind)).Append(" JOIN ");
        AppendOperand(text, join.Right);
        if (join.Using is { } columns)
        {
            text.Append(" USING ").AppendNames(columns);
        }
        else if (join.On is { } on)
        {
            text.Append(" ON ");
            ExpressionFormatter.Append(text, on);
        }
    }

    private static string Keyword(JoinKind kind) => kind switch
    {
        JoinKind.LeftSemi => "LEFT SEMI",
        JoinKind.LeftAnti => "LEFT ANTI",
        _ => kind.ToString().ToUpperInvariant(),
    };

    /// <summary>Anything that is not one word gets parentheses.</summary>
    private static void AppendOperand(StringBuilder text, Relation relation)
    {
        if (relation is Join or SampledRelation or AliasedRelation)
        {
            text.Append('(');
            Append(text, relation, isTop: false);
            text.Append(')');
        }
        else
        {
            Append(text, relation, isTop: false);
        }
    }
}
