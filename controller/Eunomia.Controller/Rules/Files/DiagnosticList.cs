using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules.Files;

/// <summary>Collects what is to be said.</summary>
internal sealed class DiagnosticList
{
    private readonly List<RuleDiagnostic> _all = [];
    private readonly HashSet<RuleDiagnostic> _said = [];

    public IReadOnlyList<RuleDiagnostic> All => _all;

    public int Errors { get; private set; }

    public void Add(RuleSeverity severity, SourcePosition position, string subject, string message)
    {
        var diagnostic = new RuleDiagnostic(severity, position, subject, message.ReplaceLineEndings(" "));
        if (_said.Add(diagnostic))
        {
            _all.Add(diagnostic);
            Errors += severity == RuleSeverity.Error ? 1 : 0;
        }
    }

    public void Error(SourcePosition position, string subject, string message) => Add(RuleSeverity.Error, position, subject, message);

    public void Warn(SourcePosition position, string subject, string message) => Add(RuleSeverity.Warning, position, subject, message);

    public void Inform(SourcePosition position, string subject, string message) => Add(RuleSeverity.Info, position, subject, message);
}
