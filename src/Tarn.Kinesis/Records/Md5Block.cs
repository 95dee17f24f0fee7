using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tarn.Kinesis.Records;

/// <summary>
/// The compression function of MD5 (RFC 1321) over one block of each lane. Unrolled, because a vector is rotated quickly only by a constant; a method for each round, because the
/// compiler stops inlining in a method of too many variables. Optimized from the first call: unoptimized, a vector of 64 additions is a hundred times slower. `bench log 0` measures it.
/// </summary>
internal static class Md5Block<T>
    where T : struct, ILanes<T>
{
    /// <summary>Adds a block to the state of each lane.</summary>
    /// <param name="words">16 words of each lane: word after word, lanes side by side.</param>
    public static void Add(ReadOnlySpan<uint> words, ref T stateA, ref T stateB, ref T stateC, ref T stateD)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(words.Length, 16 * T.Count);
        ref var first = ref MemoryMarshal.GetReference(words);
        var (a, b, c, d) = (stateA, stateB, stateC, stateD);
        Round1(ref first, ref a, ref b, ref c, ref d);
        Round2(ref first, ref a, ref b, ref c, ref d);
        Round3(ref first, ref a, ref b, ref c, ref d);
        Round4(ref first, ref a, ref b, ref c, ref d);
        stateA += a;
        stateB += b;
        stateC += c;
        stateD += d;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round1(ref uint words, ref T stateA, ref T stateB, ref T stateC, ref T stateD)
    {
        var (a, b, c, d) = (stateA, stateB, stateC, stateD);
        a = Step(F(b, c, d), a, b, ref words, 0, 0xD76AA478, 7);
        d = Step(F(a, b, c), d, a, ref words, 1, 0xE8C7B756, 12);
        c = Step(F(d, a, b), c, d, ref words, 2, 0x242070DB, 17);
        b = Step(F(c, d, a), b, c, ref words, 3, 0xC1BDCEEE, 22);
        a = Step(F(b, c, d), a, b, ref words, 4, 0xF57C0FAF, 7);
        d = Step(F(a, b, c), d, a, ref words, 5, 0x4787C62A, 12);
        c = Step(F(d, a, b), c, d, ref words, 6, 0xA8304613, 17);
        b = Step(F(c, d, a), b, c, ref words, 7, 0xFD469501, 22);
        a = Step(F(b, c, d), a, b, ref words, 8, 0x698098D8, 7);
        d = Step(F(a, b, c), d, a, ref words, 9, 0x8B44F7AF, 12);
        c = Step(F(d, a, b), c, d, ref words, 10, 0xFFFF5BB1, 17);
        b = Step(F(c, d, a), b, c, ref words, 11, 0x895CD7BE, 22);
        a = Step(F(b, c, d), a, b, ref words, 12, 0x6B901122, 7);
        d = Step(F(a, b, c), d, a, ref words, 13, 0xFD987193, 12);
        c = Step(F(d, a, b), c, d, ref words, 14, 0xA679438E, 17);
        b = Step(F(c, d, a), b, c, ref words, 15, 0x49B40821, 22);
        (stateA, stateB, stateC, stateD) = (a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round2(ref uint words, ref T stateA, ref T stateB, ref T stateC, ref T stateD)
    {
        var (a, b, c, d) = (stateA, stateB, stateC, stateD);
        a = Step(G(b, c, d), a, b, ref words, 1, 0xF61E2562, 5);
        d = Step(G(a, b, c), d, a, ref words, 6, 0xC040B340, 9);
        c = Step(G(d, a, b), c, d, ref words, 11, 0x265E5A51, 14);
        b = Step(G(c, d, a), b, c, ref words, 0, 0xE9B6C7AA, 20);
        a = Step(G(b, c, d), a, b, ref words, 5, 0xD62F105D, 5);
        d = Step(G(a, b, c), d, a, ref words, 10, 0x02441453, 9);
        c = Step(G(d, a, b), c, d, ref words, 15, 0xD8A1E681, 14);
        b = Step(G(c, d, a), b, c, ref words, 4, 0xE7D3FBC8, 20);
        a = Step(G(b, c, d), a, b, ref words, 9, 0x21E1CDE6, 5);
        d = Step(G(a, b, c), d, a, ref words, 14, 0xC33707D6, 9);
        c = Step(G(d, a, b), c, d, ref words, 3, 0xF4D50D87, 14);
        b = Step(G(c, d, a), b, c, ref words, 8, 0x455A14ED, 20);
        a = Step(G(b, c, d), a, b, ref words, 13, 0xA9E3E905, 5);
        d = Step(G(a, b, c), d, a, ref words, 2, 0xFCEFA3F8, 9);
        c = Step(G(d, a, b), c, d, ref words, 7, 0x676F02D9, 14);
        b = Step(G(c, d, a), b, c, ref words, 12, 0x8D2A4C8A, 20);
        (stateA, stateB, stateC, stateD) = (a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round3(ref uint words, ref T stateA, ref T stateB, ref T stateC, ref T stateD)
    {
        var (a, b, c, d) = (stateA, stateB, stateC, stateD);
        a = Step(H(b, c, d), a, b, ref words, 5, 0xFFFA3942, 4);
        d = Step(H(a, b, c), d, a, ref words, 8, 0x8771F681, 11);
        c = Step(H(d, a, b), c, d, ref words, 11, 0x6D9D6122, 16);
        b = Step(H(c, d, a), b, c, ref words, 14, 0xFDE5380C, 23);
        a = Step(H(b, c, d), a, b, ref words, 1, 0xA4BEEA44, 4);
        d = Step(H(a, b, c), d, a, ref words, 4, 0x4BDECFA9, 11);
        c = Step(H(d, a, b), c, d, ref words, 7, 0xF6BB4B60, 16);
        b = Step(H(c, d, a), b, c, ref words, 10, 0xBEBFBC70, 23);
        a = Step(H(b, c, d), a, b, ref words, 13, 0x289B7EC6, 4);
        d = Step(H(a, b, c), d, a, ref words, 0, 0xEAA127FA, 11);
        c = Step(H(d, a, b), c, d, ref words, 3, 0xD4EF3085, 16);
        b = Step(H(c, d, a), b, c, ref words, 6, 0x04881D05, 23);
        a = Step(H(b, c, d), a, b, ref words, 9, 0xD9D4D039, 4);
        d = Step(H(a, b, c), d, a, ref words, 12, 0xE6DB99E5, 11);
        c = Step(H(d, a, b), c, d, ref words, 15, 0x1FA27CF8, 16);
        b = Step(H(c, d, a), b, c, ref words, 2, 0xC4AC5665, 23);
        (stateA, stateB, stateC, stateD) = (a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round4(ref uint words, ref T stateA, ref T stateB, ref T stateC, ref T stateD)
    {
        var (a, b, c, d) = (stateA, stateB, stateC, stateD);
        a = Step(I(b, c, d), a, b, ref words, 0, 0xF4292244, 6);
        d = Step(I(a, b, c), d, a, ref words, 7, 0x432AFF97, 10);
        c = Step(I(d, a, b), c, d, ref words, 14, 0xAB9423A7, 15);
        b = Step(I(c, d, a), b, c, ref words, 5, 0xFC93A039, 21);
        a = Step(I(b, c, d), a, b, ref words, 12, 0x655B59C3, 6);
        d = Step(I(a, b, c), d, a, ref words, 3, 0x8F0CCC92, 10);
        c = Step(I(d, a, b), c, d, ref words, 10, 0xFFEFF47D, 15);
        b = Step(I(c, d, a), b, c, ref words, 1, 0x85845DD1, 21);
        a = Step(I(b, c, d), a, b, ref words, 8, 0x6FA87E4F, 6);
        d = Step(I(a, b, c), d, a, ref words, 15, 0xFE2CE6E0, 10);
        c = Step(I(d, a, b), c, d, ref words, 6, 0xA3014314, 15);
        b = Step(I(c, d, a), b, c, ref words, 13, 0x4E0811A1, 21);
        a = Step(I(b, c, d), a, b, ref words, 4, 0xF7537E82, 6);
        d = Step(I(a, b, c), d, a, ref words, 11, 0xBD3AF235, 10);
        c = Step(I(d, a, b), c, d, ref words, 2, 0x2AD7D2BB, 15);
        b = Step(I(c, d, a), b, c, ref words, 9, 0xEB86D391, 21);
        (stateA, stateB, stateC, stateD) = (a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Step(T mixed, T a, T b, ref uint words, int word, uint constant, int bits) =>
        b + T.RotateLeft(a + mixed + T.Of(constant) + T.Load(ref words, (nuint)(word * T.Count)), bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T F(T x, T y, T z) => z ^ (x & (y ^ z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T G(T x, T y, T z) => y ^ (z & (x ^ y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T H(T x, T y, T z) => x ^ y ^ z;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T I(T x, T y, T z) => y ^ (x | ~z);
}
