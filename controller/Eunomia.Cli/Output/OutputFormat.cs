namespace Eunomia.Cli.Output;

/// <summary>How events and answers are written.</summary>
internal enum OutputFormat
{
    Text,
    Json,

    /// <summary>Stacks of a profile, a line each.</summary>
    Folded,

    /// <summary>A profile as a flame graph.</summary>
    Svg,
}
