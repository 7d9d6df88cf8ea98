using System.Text;
using Eunomia.Core.Output;

namespace Eunomia.Core.Tests.Output;

public sealed class NamesTests
{
    [Theory]
    [InlineData("none", 0u, null)]
    [InlineData("pseudo terminal", 136u << 20, "pts/0")]
    [InlineData("pseudo terminal beyond 255", (136u << 20) | 4000, "pts/4000")]
    [InlineData("virtual console", (4u << 20) | 1, "tty1")]
    [InlineData("serial line", (4u << 20) | 65, "ttyS1")]
    [InlineData("console", (5u << 20) | 1, "console")]
    [InlineData("hypervisor console", 229u << 20, "hvc0")]
    [InlineData("arm serial line", (204u << 20) | 64, "ttyAMA0")]
    [InlineData("unknown", (10u << 20) | 3, "10:3")]
    public void Terminal_Device_HasItsName(string name, uint device, string? expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, LinuxNames.Terminal(device));
    }

    [Theory]
    [InlineData(1u, "SIGHUP")]
    [InlineData(9u, "SIGKILL")]
    [InlineData(15u, "SIGTERM")]
    [InlineData(31u, "SIGSYS")]
    [InlineData(32u, "SIG32")]
    [InlineData(34u, "SIGRTMIN+0")]
    [InlineData(64u, "SIGRTMIN+30")]
    [InlineData(99u, "SIG99")]
    public void Signal_Number_HasItsName(uint number, string expected) => Assert.Equal(expected, LinuxNames.Signal(number));

    [Theory]
    [InlineData("epoch", 0L, "1970-01-01T00:00:00.000000000Z")]
    [InlineData("nanoseconds", 1_767_225_600_123_456_789L, "2026-01-01T00:00:00.123456789Z")]
    [InlineData("leap day", 1_709_164_799_999_999_999L, "2024-02-28T23:59:59.999999999Z")]
    [InlineData("before the epoch", -1L, "1969-12-31T23:59:59.999999999Z")]
    [InlineData("first", long.MinValue, "1677-09-21T00:12:43.145224192Z")]
    [InlineData("last", long.MaxValue, "2262-04-11T23:47:16.854775807Z")]
    public void Timestamp_UnixTime_IsRfc3339(string name, long unixNs, string expected)
    {
        Assert.NotEmpty(name);
        var buffer = new Utf8Buffer();
        new Timestamp().Append(buffer, unixNs);
        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.Written));
    }

    [Fact]
    public void Timestamp_UsedAgain_FollowsTheSecond()
    {
        var timestamp = new Timestamp();
        var buffer = new Utf8Buffer();
        timestamp.Append(buffer, 5);
        timestamp.Append(buffer, 999_999_999);
        timestamp.Append(buffer, 1_000_000_000);

        Assert.Equal(
            "1970-01-01T00:00:00.000000005Z1970-01-01T00:00:00.999999999Z1970-01-01T00:00:01.000000000Z",
            Encoding.UTF8.GetString(buffer.Written));
    }

    [Fact]
    public void Clock_InAZone_IsItsTimeOfDay()
    {
        var buffer = new Utf8Buffer();
        var zone = TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromMinutes(90), "x", "x");
        Timestamp.AppendClock(buffer, 1_767_225_600_123_456_789, zone, milliseconds: true);
        Assert.Equal("01:30:00.123", Encoding.UTF8.GetString(buffer.Written));
    }
}
