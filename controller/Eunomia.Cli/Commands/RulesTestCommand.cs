using System.CommandLine;
using Eunomia.Cli.Output;
using Eunomia.Controller.Captures;
using Eunomia.Controller.Hosting;
using Eunomia.Controller.Ingest;
using Eunomia.Controller.Rules;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl rules test FILE --capture x.eun</c>: what rules would have told of what was recorded.</summary>
internal sealed class RulesTestCommand
{
    private readonly CommandContext _context;
    private readonly SortedDictionary<string, int> _fired = new(StringComparer.Ordinal);
    private readonly AlertJson _json = new();
    private readonly AlertText _text;

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Rule files, or directories of such. Default: the rules that are built in.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _capture = new("--capture")
    {
        HelpName = "FILE.eun",
        Description = "What 'record' wrote.",
        Required = true,
    };

    private readonly Option<string[]> _expected = new("--expect")
    {
        HelpName = "RULE",
        Description = "Exit with status 1 unless this rule fires, and no other but those named so. May be repeated.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _quiet = new("--expect-none") { Description = "Exit with status 1 when any rule fires." };

    private readonly Option<OutputFormat> _format = CommonOptions.Format("alerts are written");

    private RulesTestCommand(CommandContext context)
    {
        _context = context;
        _text = new AlertText(new AlertTextOptions(context.Terminal.Colour, TimeZoneInfo.Local));
    }

    public static Command Create(CommandContext context)
    {
        var test = new RulesTestCommand(context);
        var command = new Command(
            "test", "Run rules over a capture, show each alert, and on stderr how often each rule fired. Needs neither privilege nor a daemon.");
        command.Arguments.Add(test._files);
        Option[] options = [test._capture, test._expected, test._quiet, test._format];
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }
        command.SetAction(test.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_capture);
        try
        {
            using CaptureReader reader = CaptureReader.Open(Open(path), path);
            using OutputFile file = _context.OpenStdout();
            RuleDetection detection = Load(reader.Header.Hostname, parsed.GetValue(_files) ?? []);
            detection.Fired += alert => Tell(alert, parsed.GetValue(_format), file);
            Replay(reader, detection);
            file.Flush();
        }
        catch (CaptureException error)
        {
            throw new CommandException(error.Message);
        }
        foreach ((string rule, int count) in _fired)
        {
            _context.Error.WriteLine($"fired {count} {rule}");
        }
        return Judge(parsed.GetValue(_expected) ?? [], parsed.GetValue(_quiet));
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot read {path}: {error.Message}");
        }
    }

    private static RuleDetection Load(string hostname, string[] paths)
    {
        var detection = new RuleDetection(hostname);
        ReloadResult rules = detection.Reload(paths);
        return rules.Errors is [var first, ..]
            ? throw new CommandException(rules.Errors.Count > 1 ? $"{first} (and {rules.Errors.Count - 1} more; see '{Application.Name} rules check')" : first)
            : detection;
    }

    private void Replay(CaptureReader reader, RuleDetection detection)
    {
        var options = new SessionOptions
        {
            Filters = [new EventFilter(EventKindSet.Of([.. EventKinds.All])) { AwaitsMetadata = true }],
            Hostname = reader.Header.Hostname,
            Accounts = true,
        };
        new CaptureReplay(reader, options, new Output(detection), speed: null, _context.Time).RunAsync(_context.Stop).GetAwaiter().GetResult();
        if (reader.IsCut)
        {
            _context.Error.WriteLine($"{Application.Name}: {reader.Name} is cut off; this is what it holds up to there");
        }
    }

    private void Tell(Alert alert, OutputFormat format, OutputFile file)
    {
        _fired[alert.Rule] = _fired.GetValueOrDefault(alert.Rule) + 1;
        if (format == OutputFormat.Json)
        {
            _json.Write(alert, file);
        }
        else
        {
            _text.Write(alert, file);
        }
    }

    private int Judge(string[] expected, bool isNone)
    {
        if (expected.Length == 0 && !isNone)
        {
            return ExitCodes.Success;
        }
        string[] wrong =
        [
            .. expected.Where(rule => !_fired.ContainsKey(rule)).Select(rule => $"'{rule}' did not fire"),
            .. _fired.Keys.Except(expected).Select(rule => $"'{rule}' fired, and was not expected"),
        ];
        return wrong.Length == 0 ? ExitCodes.Success : throw new CommandException(string.Join("; ", wrong));
    }

    private sealed class Output(RuleDetection detection) : IEventOutput
    {
        public void Begin(EventPipeline pipeline) => detection.Begin(pipeline);

        public void OnEvent(in EventView e) => detection.OnEvent(e);

        public void EndBatch()
        {
        }
    }
}
