// Replicate says why a prediction failed in a sentence only; this table gives the sentences that callers act on a kind.

enum FailureText {
    private static let table: [(kind: ReplicateError.Kind, signs: [String])] = [
        (.contentFiltered, ["nsfw", "flagged as sensitive", "content policy", "safety filter", "safety system", "e005"]),
        (.capacity, ["high demand", "out of capacity", "no capacity", "currently overloaded", "e003"]),
    ]

    static func kind(_ text: String) -> ReplicateError.Kind {
        let text = text.prefix(4096).lowercased()
        return table.first { row in row.signs.contains { text.contains($0) } }?.kind ?? .modelFailed
    }
}
