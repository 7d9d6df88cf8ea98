namespace Eunomia.Cli;

/// <summary>
/// A host that is out of processes has no thread for us either, and the thread pool ends the program when it wants one and
/// gets none. So what watches has all its threads from the start, and keeps them (ThreadTimeoutMs in the project file).
/// </summary>
internal static class ThreadReserve
{
    private const int Fewest = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Has the pool make all threads that it may ever have.</summary>
    public static void Take()
    {
        int count = Math.Max(Fewest, Environment.ProcessorCount);
        if (!ThreadPool.SetMinThreads(count, count) || !ThreadPool.SetMaxThreads(count, count))
        {
            return;
        }
        // Each waits for the others, so that none takes the place of two.
        var all = new CountdownEvent(count);
        for (int i = 0; i < count; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static all =>
                {
                    all.Signal();
                    all.Wait(Patience);
                },
                all,
                preferLocal: false);
        }
        all.Wait(Patience);
        Rest(count);
    }

    // No more of them run at once than there are processors, until some of these are blocked: whenever one can run, the
    // pool wakes it for the smallest piece of work, and it costs more to wake up than most pieces take (measured: a fifth
    // of the CPU at 20,000 events a second). A lower maximum is what makes the pool aim lower.
    private static void Rest(int count)
    {
        int few = Math.Min(count, Environment.ProcessorCount);
        if (ThreadPool.SetMinThreads(few, few) && ThreadPool.SetMaxThreads(few, few))
        {
            ThreadPool.SetMaxThreads(count, count);
        }
    }
}
