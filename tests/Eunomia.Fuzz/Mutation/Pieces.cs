namespace Eunomia.Fuzz.Mutation;

/// <summary>Changes what is made of pieces laid back to back: records, frames.</summary>
internal static class Pieces
{
    private const int Most = 400;

    /// <summary>Removes, repeats, moves and borrows whole pieces.</summary>
    public static void Shuffle(Mutator mutator, List<byte[]> pieces, IReadOnlyList<byte[]> others)
    {
        Random random = mutator.Random;
        for (int n = 1 + random.Next(3); n > 0 && pieces.Count > 0; n--)
        {
            int at = random.Next(pieces.Count);
            int count = Math.Min(pieces.Count - at, 1 + random.Next(8));
            switch (random.Next(5))
            {
                case 0:
                    pieces.RemoveRange(at, count);
                    break;
                case 1 when pieces.Count < Most:
                    pieces.InsertRange(random.Next(pieces.Count + 1), pieces.GetRange(at, count));
                    break;
                case 2:
                    int to = random.Next(pieces.Count);
                    (pieces[at], pieces[to]) = (pieces[to], pieces[at]);
                    break;
                case 3 when others.Count > 0 && pieces.Count < Most:
                    int from = random.Next(others.Count);
                    pieces.InsertRange(at, others.Skip(from).Take(1 + random.Next(8)));
                    break;
                default: // only a stretch of it
                    pieces.RemoveRange(at + count, pieces.Count - at - count);
                    break;
            }
        }
    }

    public static byte[] Join(IEnumerable<byte[]> pieces) => [.. pieces.SelectMany(piece => piece)];
}
