using System.Diagnostics;

namespace Eunomia.Controller.Tests.Fakes;

/// <summary>Waits for what has to happen, however slow the machine is; never for a time to pass.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Limit, $"this never came true: {what}");
            await Task.Delay(Look);
        }
    }

    /// <summary>Waits until a number has stopped changing.</summary>
    public static async Task<int> SettledAsync(Func<int> number)
    {
        int last = number();
        for (int same = 0; same < 60; same++)
        {
            await Task.Delay(Look);
            int now = number();
            same = now == last ? same : 0;
            last = now;
        }
        return last;
    }

    /// <summary>The result of something that has to end.</summary>
    public static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Limit);

    public static Task Within(Task task) => task.WaitAsync(Limit);
}
