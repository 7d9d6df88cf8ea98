namespace Eunomia.Cli.Tests.Shell;

public sealed class ManPageTests
{
    [Fact]
    public void Man_HasAPageForEachCommandThatHelpLists()
    {
        string[] commands = [.. Run("--help").Split("Commands:")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])];

        Assert.Equal(commands.Select(command => $"eunomiactl-{command}").Prepend("eunomiactl"), Pages());
    }

    [Fact]
    public void Man_OfACommand_HasEveryOptionThatItsHelpHas()
    {
        foreach (string page in Pages().Skip(1))
        {
            string text = Run("man", page).Replace("\\-", "-", StringComparison.Ordinal);
            string help = Run(page["eunomiactl-".Length..], "--help");
            string[] options = [.. help.Split("Options:")[1].Split([' ', ',', ':', ';', '\n']).Where(word => word.StartsWith("--", StringComparison.Ordinal)).Distinct()];
            Assert.Contains("--help", options);
            Assert.All(options, option => Assert.Contains($"\\fB{option}\\fR", text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Man_OfNoPage_NamesThoseThatThereAre()
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Usage, fixture.Run("man", "eunomiactl-rum"));
        Assert.StartsWith("no page 'eunomiactl-rum'; there are eunomiactl, eunomiactl-run, ", fixture.Complaint(), StringComparison.Ordinal);
    }

    private static string[] Pages() => Run("man").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Run(params string[] arguments)
    {
        using var fixture = new CommandFixture();
        Assert.Equal(ExitCodes.Success, fixture.Run(arguments));
        return fixture.Out;
    }
}
