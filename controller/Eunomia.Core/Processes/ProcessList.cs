namespace Eunomia.Core.Processes;

/// <summary>A list through the processes themselves: adding and removing allocates nothing.</summary>
internal sealed class ProcessList
{
    private Process? _last;

    internal Process? First { get; private set; }

    internal void Add(Process process)
    {
        (process.Previous, process.Next) = (_last, null);
        if (_last is null)
        {
            First = process;
        }
        else
        {
            _last.Next = process;
        }

        _last = process;
    }

    internal void Remove(Process process)
    {
        if (process.Previous is null)
        {
            First = process.Next;
        }
        else
        {
            process.Previous.Next = process.Next;
        }

        if (process.Next is null)
        {
            _last = process.Previous;
        }
        else
        {
            process.Next.Previous = process.Previous;
        }

        (process.Previous, process.Next) = (null, null);
    }
}
