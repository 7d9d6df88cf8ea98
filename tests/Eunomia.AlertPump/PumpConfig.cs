using Eunomia.Controller.Configuration;
using Eunomia.Controller.Exports;

namespace Eunomia.AlertPump;

internal static class PumpConfig
{
    public static AlertOptions Read(string path)
    {
        TomlDocument document = TomlDocument.Parse(File.ReadAllText(path), path);
        AlertOptions options = AlertOptionsReader.Read(document.Root.Sections.GetValueOrDefault("alerts"));
        return document.Errors.Count == 0 ? options : throw new ConfigException(document.Errors);
    }
}
