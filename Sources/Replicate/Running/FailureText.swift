// Why a prediction failed stands in a sentence only, often with a code such as E1001 in it. These tables give the codes and
// the sentences that callers act on a kind.

enum FailureText {
    struct Meaning: Equatable, Sendable {
        var kind: ReplicateError.Kind
        /// The same input may succeed later.
        var retryable = false
        /// The code as it stands in the text.
        var code: String?
    }

    /// https://replicate.com/docs/topics/predictions/error-codes, and two of fewer digits that official models use.
    private static let codes: [String: Meaning] = [
        "E003": Meaning(kind: .capacity, retryable: true),  // Service is temporarily unavailable due to high demand.
        "E005": Meaning(kind: .contentFiltered),  // The input or output was flagged as sensitive.
        "E1000": Meaning(kind: .modelFailed),  // Unknown error.
        "E1001": Meaning(kind: .modelFailed),  // Out of memory.
        "E4875": Meaning(kind: .invalidInput),  // The webhook's URL is empty.
        "E6716": Meaning(kind: .capacity, retryable: true),  // Timeout while the prediction was starting.
    ]

    private static let sentences: [(meaning: Meaning, signs: [String])] = [
        (
            Meaning(kind: .contentFiltered),
            ["nsfw", "flagged as sensitive", "content policy", "safety filter", "safety system"]
        ),
        (
            Meaning(kind: .capacity, retryable: true),
            ["high demand", "out of capacity", "no capacity", "currently overloaded"]
        ),
    ]

    static func meaning(_ text: String) -> Meaning {
        let start = text.prefix(4096)
        let code = code(in: start)
        var meaning = code.flatMap { codes[$0] }
        if meaning == nil {
            let lower = start.lowercased()
            meaning = sentences.first { row in row.signs.contains { lower.contains($0) } }?.meaning
        }
        var found = meaning ?? Meaning(kind: .modelFailed)
        found.code = code
        return found
    }

    /// The first word that is a capital E and three or four digits.
    private static func code(in text: Substring) -> String? {
        let words = text.utf8.split { !(isDigit($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "_")) }
        let code = words.first { word in
            word.first == UInt8(ascii: "E") && (4...5).contains(word.count) && word.dropFirst().allSatisfy(isDigit)
        }
        return code.flatMap { String($0) }
    }
}
