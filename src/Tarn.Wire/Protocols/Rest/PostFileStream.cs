using Microsoft.AspNetCore.Http;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>The file of a form while it arrives. Its end is refused when the length is not what the policy allows, or the form breaks off.</summary>
internal sealed class PostFileStream(Stream file, PostForm form, CancellationToken aborted) : ReadOnlyBodyStream
{
    private long count;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await file.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception failure) when (failure is InvalidDataException || (failure is IOException and not BadHttpRequestException && !aborted.IsCancellationRequested))
        {
            throw PostFormErrors.Malformed();
        }

        count += read;
        if (count > form.LengthMax)
        {
            throw PostFormErrors.TooLarge(count, form.LengthMax);
        }

        return read > 0 || count >= form.LengthMin || buffer.IsEmpty ? read : throw PostFormErrors.TooSmall(count, form.LengthMin);
    }
}
