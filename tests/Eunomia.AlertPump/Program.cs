using System.Globalization;
using Eunomia.AlertPump;
using Eunomia.Controller.Exports;
using Eunomia.Controller.Exports.Delivery;
using Microsoft.Win32.SafeHandles;

// Pushes alerts through the outputs of a configuration file, for tests/e2e/test_alert_outputs.sh.
//   AlertPump CONFIG PREFIX COUNT [STOP-SECONDS]
// Alert N has the id PREFIX-0000-0000-0000-N (PREFIX: 8 hexadecimal digits). After each 50 it prints "kept N" on stderr
// once they are safe against the end of this process. With COUNT 0 it only delivers what is left. Ends by itself, or stays
// when stdin is open: then "end" is awaited there. In the end it prints each output's account on stderr.
if (args.Length is < 3 or > 4)
{
    await Console.Error.WriteLineAsync("usage: AlertPump CONFIG PREFIX COUNT [STOP-SECONDS]");
    return 2;
}

int count = int.Parse(args[2], CultureInfo.InvariantCulture);
AlertOptions options = PumpConfig.Read(args[0]);
options = options.File is { IsUnasked: true } ? options with { File = null } : options;
await using var stdout = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0); // the console's blocks stderr too
await using var outputs = AlertOutputs.Start(options, new AlertOutputsContext
{
    Time = TimeProvider.System,
    Observer = new PumpObserver(),
    Stdout = stdout,
});
for (int n = 1; n <= count; n++)
{
    outputs.Publish(PumpAlert.Make(args[1], n));
    if (n % 50 == 0 || n == count)
    {
        await outputs.SettledAsync();
        await Console.Error.WriteLineAsync($"kept {n}");
    }
}

while (await Console.In.ReadLineAsync() is { } line && line != "end")
{
}

await outputs.StopAsync(TimeSpan.FromSeconds(args.Length > 3 ? double.Parse(args[3], CultureInfo.InvariantCulture) : 5));
foreach (DeliveryStatus status in outputs.Status)
{
    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
        $"output {status.Name.Replace(' ', '_')} received={status.Received} recovered={status.Recovered} delivered={status.Delivered} retried={status.Retried} waiting={status.Waiting} lost={status.Lost}"));
}

return 0;
