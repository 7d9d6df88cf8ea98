namespace Eunomia.Core.Rules.Engine;

/// <summary>Many prefixes, looked for in one walk.</summary>
internal sealed class ByteTrie
{
    private readonly List<Node> _nodes = [new Node()];

    internal ByteTrie(IEnumerable<byte[]> texts, bool reversed = false)
    {
        foreach (byte[] text in texts)
        {
            Add(reversed ? [.. text.Reverse()] : text);
        }
    }

    /// <summary>Whether one of the texts is a prefix.</summary>
    internal bool HasPrefixOf(ReadOnlySpan<byte> text)
    {
        Node node = _nodes[0];
        for (int i = 0; !node.IsEnd; i++)
        {
            if (i == text.Length || !node.TryGet(text[i], out int next))
            {
                return false;
            }

            node = _nodes[next];
        }

        return true;
    }

    /// <summary>Whether one of the texts, which are reversed here, is a suffix.</summary>
    internal bool HasSuffixOf(ReadOnlySpan<byte> text)
    {
        Node node = _nodes[0];
        for (int i = text.Length - 1; !node.IsEnd; i--)
        {
            if (i < 0 || !node.TryGet(text[i], out int next))
            {
                return false;
            }

            node = _nodes[next];
        }

        return true;
    }

    /// <summary>Whether one of the texts is the same path, or one above it; trailing slashes of the texts were taken off.</summary>
    internal bool HasPathOf(ReadOnlySpan<byte> text)
    {
        Node node = _nodes[0];
        for (int i = 0; ; i++)
        {
            if (node.IsEnd && (i == text.Length || text[i] == (byte)'/'))
            {
                return true;
            }

            if (i == text.Length || !node.TryGet(text[i], out int next))
            {
                return false;
            }

            node = _nodes[next];
        }
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        int at = 0;
        foreach (byte b in text)
        {
            if (!_nodes[at].TryGet(b, out int next))
            {
                next = _nodes.Count;
                _nodes.Add(new Node());
                _nodes[at].Add(b, next);
            }

            at = next;
        }

        _nodes[at].IsEnd = true;
    }

    private sealed class Node
    {
        private byte[] _labels = [];
        private int[] _next = [];

        internal bool IsEnd { get; set; }

        internal bool TryGet(byte label, out int next)
        {
            int at = _labels.AsSpan().IndexOf(label);
            next = at < 0 ? 0 : _next[at];
            return at >= 0;
        }

        internal void Add(byte label, int next) => (_labels, _next) = ([.. _labels, label], [.. _next, next]);
    }
}
