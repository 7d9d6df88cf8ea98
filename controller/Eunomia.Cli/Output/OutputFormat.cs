namespace Eunomia.Cli.Output;

/// <summary>How events and answers are written.</summary>
internal enum OutputFormat
{
    Text,
    Json,
}
