// The items of a URL's query, percent-decoded.

struct QueryItems: Sendable {
    private let items: [(name: String, value: String)]

    /// - Parameter isForm: whether a plus sign stands for a space, as in what a browser's form sends.
    init(_ query: String, isForm: Bool = false) throws(Problem) {
        var items: [(name: String, value: String)] = []
        let query =
            isForm ? query.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%20") : query
        for item in query.split(separator: "&") {
            let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = sides.first.flatMap({ percentDecoded($0) }),
                let value = sides.count == 2 ? sides.last.flatMap({ percentDecoded($0) }) : ""
            else { throw .badRequest("The query of the URL is not percent-encoded UTF-8.") }
            items.append((name, value))
        }
        self.items = items
    }

    /// Of items with one name the last.
    subscript(name: String) -> String? { items.last { $0.name == name }?.value }

    /// One of a few words.
    func choice(_ name: String, of words: [String]) throws(Problem) -> String? {
        guard let value = self[name] else { return nil }
        guard words.contains(value) else {
            throw .invalid([
                SchemaViolation(
                    kind: "enum", field: name,
                    description: "\(name) must be one of the following: \(words.joined(separator: ", "))")
            ])
        }
        return value
    }

    func cursor() throws(Problem) -> Cursor? {
        guard let text = self["cursor"] else { return nil }
        guard let cursor = Cursor(text) else { throw .invalidCursor }
        return cursor
    }
}
