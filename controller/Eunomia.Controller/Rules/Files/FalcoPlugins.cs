namespace Eunomia.Controller.Rules.Files;

/// <summary>What plugins a Falco file asks for. The fields of one of them are our own; rules of others are for other hosts.</summary>
internal static class FalcoPlugins
{
    private const string BuiltIn = "container";

    public static void Check(MapNode map, DiagnosticList diagnostics)
    {
        FileNode wanted = map.Entries.First(entry => entry.Key.Text == "required_plugin_versions").Value;
        if (wanted is not ListNode list)
        {
            diagnostics.Error(wanted.Position, "", $"required_plugin_versions: wants a list of plugins with name and version, and this is {wanted.Kind}");
            return;
        }
        foreach (FileNode item in list.Items)
        {
            string? name = (item as MapNode)?.Entries.Where(entry => entry.Key.Text == "name").Select(entry => entry.Value).OfType<ScalarNode>().FirstOrDefault()?.Text.Text;
            if (name is null)
            {
                diagnostics.Error(item.Position, "", "required_plugin_versions: wants name and version of each plugin");
            }
            else if (name != BuiltIn)
            {
                diagnostics.Inform(item.Position, "", $"plugin '{name}' is not here; rules of its source are left out, and its fields are unknown");
            }
        }
    }
}
