namespace Eunomia.Controller.Rules.Files;

/// <summary>Reads the exceptions of a rule.</summary>
internal sealed class ExceptionReader(DefinitionKeys keys, MapReader rule)
{
    public IReadOnlyList<ExceptionDefinition> Read(FileNode node)
    {
        if (node is not ListNode list)
        {
            rule.Refuse(node.Position, $"{keys.Exceptions}: wants a list of exceptions, and this is {node.Kind}");
            return [];
        }
        return [.. list.Items.Select(One).OfType<ExceptionDefinition>()];
    }

    private ExceptionDefinition? One(FileNode node)
    {
        if (node is not MapNode map)
        {
            rule.Refuse(node.Position, $"{keys.Exceptions}: wants keys like name, fields and values, and this is {node.Kind}");
            return null;
        }
        var nested = new DiagnosticList();
        var reader = new MapReader(map, rule.Subject, nested);
        SourceText? name = reader.Required("name");
        ExceptionEntry? fields = reader.Find("fields") is { } node1 ? Entry(node1, 1) : null;
        ExceptionEntry? comparisons = reader.Find(keys.Comparisons) is { } node2 ? Entry(node2, 1) : null;
        ListNode? values = reader.Find("values") as ListNode;
        if (reader.Has("values") && values is null)
        {
            reader.Refuse(reader.PositionOf("values"), "values: wants a list");
        }
        reader.End(keys.IsToml);
        foreach (RuleDiagnostic diagnostic in nested.All)
        {
            Tell(diagnostic, name);
        }
        return name is null
            ? null
            : new ExceptionDefinition(name.Text, map.Position)
            {
                Fields = fields,
                Comparisons = comparisons,
                Values = [.. (values?.Items ?? []).Select(value => Entry(value, 0)).OfType<ExceptionEntry>()],
            };
    }

    private void Tell(RuleDiagnostic diagnostic, SourceText? name)
    {
        string message = $"exception{(name is null ? "" : $" '{name.Text}'")}: {diagnostic.Message}";
        if (diagnostic.Severity == RuleSeverity.Error)
        {
            rule.Refuse(diagnostic.Position, message);
        }
        else
        {
            rule.Warn(diagnostic.Position, message);
        }
    }

    /// <summary>A text, a list of them, or for values a list of both.</summary>
    private ExceptionEntry? Entry(FileNode node, int depth)
    {
        switch (node)
        {
            case ScalarNode scalar:
                return new ExceptionEntry(scalar.Position, scalar.Text, []);
            case ListNode list when depth < 2:
                return new ExceptionEntry(list.Position, null, [.. list.Items.Select(item => Entry(item, depth + 1)).OfType<ExceptionEntry>()]);
            default:
                rule.Refuse(node.Position, $"exception: wants a text or a list of texts, and this is {node.Kind}");
                return null;
        }
    }
}
