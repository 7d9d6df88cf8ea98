using System.Collections;

namespace Eunomia.Controller.Configuration;

/// <summary>A list that equals another one with the same items, so that two readings of a file can be compared.</summary>
internal sealed class ValueList<T>(IEnumerable<T> items) : IReadOnlyList<T>
{
    private readonly T[] _items = [.. items];

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override bool Equals(object? other) => other is ValueList<T> list && _items.SequenceEqual(list._items);

    public override int GetHashCode() => _items.Aggregate(0, HashCode.Combine);
}
