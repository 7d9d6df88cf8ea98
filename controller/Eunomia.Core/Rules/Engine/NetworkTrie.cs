using System.Globalization;
using System.Net;

namespace Eunomia.Core.Rules.Engine;

/// <summary>Many networks, looked for bit by bit. IPv4 inside IPv6 is IPv4.</summary>
internal sealed class NetworkTrie
{
    private const int V4Bits = 32;
    private const int V4InV6 = 96;
    private readonly List<(int Zero, int One, bool IsEnd)> _nodes = [default, default];

    /// <summary>Adds "10.0.0.0/8" or one address; false when it is neither.</summary>
    internal bool TryAdd(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out IPAddress? address))
        {
            return false;
        }

        bool isMapped = address.IsIPv4MappedToIPv6;
        byte[] bytes = isMapped ? address.MapToIPv4().GetAddressBytes() : address.GetAddressBytes();
        int bits = bytes.Length * 8;
        if (slash >= 0)
        {
            if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits))
            {
                return false;
            }

            bits -= isMapped ? V4InV6 : 0;
        }

        if (bits < 0 || bits > bytes.Length * 8)
        {
            return false;
        }

        Add(bytes, bits);
        return true;
    }

    /// <summary>Whether the address is in one of them.</summary>
    internal bool Contains(ReadOnlySpan<byte> address)
    {
        int node = address.Length * 8 == V4Bits ? 0 : 1;
        for (int bit = 0; ; bit++)
        {
            (int zero, int one, bool isEnd) = _nodes[node];
            if (isEnd)
            {
                return true;
            }

            if (bit == address.Length * 8)
            {
                return false;
            }

            node = (address[bit / 8] >> (7 - (bit % 8)) & 1) == 0 ? zero : one;
            if (node == 0)
            {
                return false;
            }
        }
    }

    private void Add(byte[] address, int bits)
    {
        int node = address.Length * 8 == V4Bits ? 0 : 1;
        for (int bit = 0; bit < bits; bit++)
        {
            bool isOne = (address[bit / 8] >> (7 - (bit % 8)) & 1) != 0;
            (int zero, int one, bool isEnd) = _nodes[node];
            int next = isOne ? one : zero;
            if (next == 0)
            {
                next = _nodes.Count;
                _nodes.Add(default);
                _nodes[node] = isOne ? (zero, next, isEnd) : (next, one, isEnd);
            }

            node = next;
        }

        _nodes[node] = _nodes[node] with { IsEnd = true };
    }
}
