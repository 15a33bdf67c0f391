// What an operation of the API is: a method, a path with places for arguments, what goes along and what comes back.

public struct Operation: Sendable {
    enum Body: Sendable {
        case none
        /// The caller's JSON object.
        case object
        /// A file and what is said of it.
        case form
        /// The operation's last argument, as plain text.
        case text
    }

    enum Result: Sendable {
        case json
        /// Plain text, which becomes a JSON string.
        case text
        /// Nothing is due; it becomes `true`.
        case nothing
        /// A file, which is not for JSON.
        case bytes
        /// Whatever comes: JSON, else text, else `true`.
        case any
    }

    /// The name that Replicate's API document has for it.
    public let name: String
    let method: HTTPRequest.Method
    /// "/models/{owner}/{name}": arguments stand in braces. One in a query, "?query={query}", is not a segment.
    public let path: String
    /// Parameters that may come with it, by options "param.NAME".
    var parameters: [String] = []
    var body: Body = .none
    var result: Result = .json

    init(
        _ name: String, _ method: HTTPRequest.Method, _ path: String, parameters: [String] = [], body: Body = .none,
        result: Result = .json
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.parameters = parameters
        self.body = body
        self.result = result
    }

    /// "GET".
    public var methodName: String { method.rawValue }

    /// The names of what stands in braces, in order.
    public var arguments: [String] {
        path.split(separator: "{").dropFirst().compactMap { $0.split(separator: "}").first.map(String.init) }
    }

    /// What a repetition would do: whatever makes or changes something is sent once, but for what ends a thing.
    var repetition: RetryPolicy.Repetition {
        switch method {
        case .get, .query: .harmless
        case .delete: .sameEndState
        case .post, .patch, .put: path.hasSuffix("/cancel") ? .sameEndState : .createsAnother
        }
    }

    /// What ends a thing is not to come after what begins others.
    public var turn: Errand.Turn { repetition == .sameEndState ? .atOnce : .newcomer }

    /// Throws for arguments that could not stand in the path.
    public func check(_ values: [String]) throws(ReplicateError) { _ = try path(values) }

    /// Throws for what could not be searched for.
    public static func check(search: String, argument: String) throws(ReplicateError) {
        guard !search.isEmpty else { throw ReplicateError(.invalidInput, "\(argument) is empty") }
        try CallerText.check(search, argument, atMost: CallerText.longestSearch)
    }

    /// The path with its arguments, each checked and encoded.
    func path(_ values: [String]) throws(ReplicateError) -> String {
        var rest = values[...]
        var text = ""
        for (index, part) in path.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
            guard index > 0, let end = part.firstIndex(of: "}") else {
                text += part
                continue
            }
            let argument = String(part[..<end])
            guard let value = rest.popFirst() else { throw ReplicateError(.invalidInput, "\(argument) is missing") }
            if value.isEmpty { throw ReplicateError(.invalidInput, "\(argument) is empty") }
            text +=
                try text.contains("?")
                ? QueryText.encoded(value, argument: argument) : PathSegment.encoded(value, argument: argument)
            text += part[part.index(after: end)...]
        }
        return text
    }
}

/// One value in a query.
enum QueryText {
    static func encoded(_ text: String, argument: String) throws(ReplicateError) -> String {
        try CallerText.check(text, argument, atMost: CallerText.longestQuery)
        return encoded(text)
    }

    private static func encoded(_ text: String) -> String { PathSegment.percentEncoded(text) }

    /// "?a=1&b=2", or "&…" behind a query; nothing of nothing.
    static func joined(_ parameters: [(name: String, value: String)], after path: String) -> String {
        var text = ""
        for parameter in parameters {
            text += path.contains("?") || !text.isEmpty ? "&" : "?"
            text += "\(encoded(parameter.name))=\(encoded(parameter.value))"
        }
        return text
    }
}
