namespace Eunomia.Cli.Output;

/// <summary>How files are named.</summary>
internal enum PathStyle
{
    /// <summary>Where they are, in the process's root.</summary>
    Resolved,

    /// <summary>As the process named them.</summary>
    Raw,
}
