using Tarn.DuckDb;
using Tarn.Sql.Functions;
using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Functions;

/// <summary>A DuckDB with our functions, to run texts that the library makes.</summary>
internal sealed class Engine : IDisposable
{
    private readonly DuckDbInstance instance;

    public Engine()
    {
        instance = DuckDbInstance.Open(new DuckDbOptions { Threads = 1 });
        Connection = instance.Connect();
        DuckDbFunctions.Register(Connection);
    }

    public static TrinoFunctions Library { get; } = new(TrinoSession.AtUtc(new DateTimeOffset(2024, 2, 29, 12, 34, 56, 789, TimeSpan.Zero)));

    public DuckDbConnection Connection { get; }

    /// <summary>The value of an expression as text, as <c>typeof: value</c> would be too loose: DuckDB's own rendering.</summary>
    public string? Text(string sql) => (string?)Connection.QueryValue($"SELECT CAST({sql} AS VARCHAR)", TestContext.Current.CancellationToken);

    public string? Call(string name, params BoundArgument[] arguments)
    {
        var call = Library.BindScalar(name, [.. arguments.Select(argument => new CallArgument(argument, null, 0))], new SourcePosition(1, 1));
        Assert.NotNull(call);
        return Text(Library.Cast(new BoundArgument(call.Type, call.Sql), SqlType.Varchar, tryCast: false, new SourcePosition(1, 1)));
    }

    public string? Cast(string value, SqlType target) => Cast(Of(value), target);

    public string? Cast(BoundArgument value, SqlType target)
    {
        var position = new SourcePosition(1, 1);
        var cast = Library.Cast(value, target, tryCast: false, position);
        return Text(target is VarcharType ? cast : Library.Cast(new BoundArgument(target, cast), SqlType.Varchar, tryCast: false, position));
    }

    /// <summary>The Trino failure of an action.</summary>
    public static SqlException Fails(Action action)
    {
        try
        {
            action();
        }
        catch (SqlException failure)
        {
            return failure;
        }
        catch (DuckDbException failure) when (EngineErrors.Translate(failure.Message) is { } translated)
        {
            return translated;
        }

        throw new InvalidOperationException("It did not fail.");
    }

    public static BoundArgument Of(string text) => new(new VarcharType(text.EnumerateRunes().Count()), LiteralSql.Text(text)) { Constant = text };

    public static BoundArgument Of(int value) => new(SqlType.Integer, LiteralSql.Integer(value, SqlType.Integer)) { Constant = (long)value };

    public static BoundArgument Of(long value) => new(SqlType.BigInt, LiteralSql.Integer(value, SqlType.BigInt)) { Constant = value };

    public static BoundArgument Of(double value) => new(SqlType.Double, LiteralSql.Double(value)) { Constant = value };

    public static BoundArgument Of(string value, SqlType type) =>
        new(type, Library.Cast(Of(value), type, tryCast: false, new SourcePosition(1, 1)));

    public void Dispose()
    {
        Connection.Dispose();
        instance.Dispose();
    }
}
