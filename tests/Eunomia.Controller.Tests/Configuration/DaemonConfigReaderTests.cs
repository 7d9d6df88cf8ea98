using Eunomia.Controller.Configuration;

namespace Eunomia.Controller.Tests.Configuration;

public sealed class DaemonConfigReaderTests
{
    [Fact]
    public void Read_EveryKey_IsWhatItSays()
    {
        DaemonConfig config = DaemonConfigReader.Read(
            """
            [daemon]
            collector = "/run/c.sock"
            socket = "api.sock"
            format = "json"
            interval = 2.5
            containers = ["web"]
            pids = [12]
            [rules]
            files = ["rules.d", "/opt/falco.yaml"]
            """,
            "/etc/eunomia/eunomia.toml");

        Assert.Equal(("/run/c.sock", "/etc/eunomia/api.sock", "json"), (config.Collector, config.Socket, config.Format));
        Assert.Equal(TimeSpan.FromSeconds(2.5), config.Interval);
        Assert.Equal("web", config.Containers.Single().Text);
        Assert.Equal([12], config.Pids);
        Assert.Equal(["/etc/eunomia/rules.d", "/opt/falco.yaml"], config.Rules);
    }

    [Theory]
    [InlineData("[daemon]\nsoket = \"x\"", "d.toml:2:1: unknown key 'soket' in [daemon], did you mean 'socket'?; allowed: ")]
    [InlineData("[deamon]\n", "d.toml:1:1: unknown key 'deamon', did you mean 'daemon'?; allowed: alerts, captures, daemon, enforcement, rules")]
    [InlineData("[enforcement]\nmode = \"maybe\"\n", "d.toml:2:8: mode: 'maybe' is not possible; allowed: off, dry-run, on")]
    [InlineData("[[rule]]\nname = \"x\"", "d.toml:1:1: rule: unknown table [[rule]]; allowed: [alerts], [captures], [daemon], [enforcement], [rules]")]
    [InlineData("[daemon]\nformat = \"jsn\"", "d.toml:2:10: format: 'jsn' is not possible, did you mean 'json'?; allowed: text, json")]
    [InlineData("[daemon]\ncontainers = [\"a b\"]", "d.toml:2:15: containers: 'a b' cannot be a container's id or name")]
    [InlineData("[captures]\nbefore = 0", "d.toml:2:10: before: wants a number from 1 to 60")]
    [InlineData("[captures]\nmax_size = \"1\"", "d.toml:2:12: max_size: '1' is not a size of at least 1024KiB; write \"512KiB\", \"64MiB\" or \"1GiB\"")]
    [InlineData("[rules]\nfiles = \"x\"", "d.toml:2:9: files: wants a list of strings")]
    public void Read_Mistake_IsNamedWithItsPlace(string text, string message)
    {
        ConfigException error = Assert.Throws<ConfigException>(() => DaemonConfigReader.Read(text, "d.toml"));

        Assert.StartsWith(message, error.Errors.Single().ToString(), StringComparison.Ordinal);
    }
}
