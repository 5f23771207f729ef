using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Aspire.Hosting.Dashboard.Resources;

/// <summary>How gRPC puts messages into a stream: a byte that says whether it is compressed, its length in four bytes, the message.</summary>
internal static class GrpcFrames
{
    private const int HeaderLength = 5;

    /// <summary>Far more than any request of the dashboard needs.</summary>
    public const int LargestMessage = 256 * 1024;

    public static void Write(IBufferWriter<byte> output, IMessage message)
    {
        // In one piece: to who asks for a span of any length, Kestrel gives one of none when the stream has been reset meanwhile, and
        // Protobuf asks again for ever.
        var length = message.CalculateSize();
        var frame = output.GetSpan(HeaderLength + length);
        frame[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(frame[1..], length);
        message.WriteTo(frame.Slice(HeaderLength, length));
        output.Advance(HeaderLength + length);
    }

    /// <returns>The next message; null where the stream ends instead.</returns>
    /// <exception cref="GrpcException">What came is not a message, or not one that this side takes.</exception>
    public static async ValueTask<T?> ReadAsync<T>(PipeReader input, MessageParser<T> parser, CancellationToken cancellationToken) where T : class, IMessage<T>
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var rest = result.Buffer;
            if (TryTake(ref rest, out var bytes))
            {
                var message = Parse(parser, bytes);
                input.AdvanceTo(rest.Start);
                return message;
            }

            if (result.IsCompleted)
            {
                return rest.IsEmpty ? null : throw new GrpcException(GrpcStatus.Internal, "The stream ends in the middle of a message.");
            }

            input.AdvanceTo(rest.Start, rest.End);
        }
    }

    private static bool TryTake(ref ReadOnlySequence<byte> input, out ReadOnlySequence<byte> message)
    {
        message = default;
        if (input.Length < HeaderLength)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        input.Slice(0, HeaderLength).CopyTo(header);
        if (header[0] == 1)
        {
            throw new GrpcException(GrpcStatus.Unimplemented, "The message is compressed, which this server cannot read.");
        }

        if (header[0] != 0)
        {
            throw new GrpcException(GrpcStatus.Internal, $"A message cannot begin with the byte {header[0]}.");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > LargestMessage)
        {
            throw new GrpcException(GrpcStatus.ResourceExhausted, $"The message has {length} bytes, more than the {LargestMessage} that this server takes.");
        }

        if (input.Length < HeaderLength + length)
        {
            return false;
        }

        message = input.Slice(HeaderLength, length);
        input = input.Slice(message.End);
        return true;
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySequence<byte> bytes) where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new GrpcException(GrpcStatus.Internal, $"The message is not a {typeof(T).Name}: {exception.Message}");
        }
    }
}
