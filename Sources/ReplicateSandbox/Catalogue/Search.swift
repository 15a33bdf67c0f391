// How well a text fits what is searched for: by its words.

struct Search: Sendable {
    private let words: [String]

    init(_ text: String) {
        words = Self.words(text)
    }

    /// From 0, where no word is found, to 1, where all are found in the most telling field.
    func score(_ fields: [(text: String, weight: Double)]) -> Double {
        guard !words.isEmpty else { return 0 }
        let known = fields.map { (words: Set(Self.words($0.text)), weight: $0.weight) }
        let sum = words.reduce(0.0) { sum, word in
            sum + (known.map { $0.weight * Self.likeness(of: word, to: $0.words) }.max() ?? 0)
        }
        return (sum / Double(words.count) * 1000).rounded() / 1000
    }

    func score(_ model: ModelRecord) -> Double {
        score([
            (model.name.name, 1), (model.name.owner, 0.8), (model.tags.joined(separator: " "), 0.7),
            (model.details.description ?? "", 0.6),
        ])
    }

    /// What fits, the best first; what fits alike in the order of its names.
    func best<Item>(_ items: [Item], named name: (Item) -> String, _ score: (Item) -> Double) -> [(
        item: Item, score: Double
    )] {
        items.map { (item: $0, score: score($0)) }.filter { $0.score > 0 }
            .sorted { ($1.score, name($0.item)) < ($0.score, name($1.item)) }
    }

    func models(_ records: [ModelRecord]) -> [(item: ModelRecord, score: Double)] {
        best(records, named: \.name.text, score)
    }

    /// The beginning of a word counts for half.
    private static func likeness(of word: String, to known: Set<String>) -> Double {
        if known.contains(word) { return 1 }
        return word.count >= 3 && known.contains { $0.hasPrefix(word) } ? 0.5 : 0
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
