// What a prediction runs: a model, one version of it, or a deployment, in the forms that Replicate's pages use.

public enum ModelReference: Sendable, Equatable {
    case model(owner: String, name: String)
    case version(String)
    case deployment(owner: String, name: String)

    public static let forms = "owner/name, owner/name:version, a 64-character version id or deployments/owner/name"

    public init(_ text: String) throws(ReplicateError) {
        try CallerText.check(text, "the model reference", atMost: CallerText.longestReference)
        guard let reference = Self.parse(text) else {
            let shown = CallerText.shown(text)
            throw ReplicateError(.invalidInput, "the model reference \"\(shown)\" is none of: \(Self.forms)")
        }
        self = reference
        try check()
    }

    /// Throws if a part could not stand in a path or, for a version, is empty or no word.
    public func check() throws(ReplicateError) {
        switch self {
        case .version(let version):
            guard !version.isEmpty else { throw ReplicateError(.invalidInput, "version is empty") }
            try CallerText.check(version, "version", atMost: CallerText.longestReference)
            guard version.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
                throw ReplicateError(.invalidInput, "version cannot hold a space or a control character")
            }
        case .model(let owner, let name), .deployment(let owner, let name):
            try PathSegment.check(owner, argument: "owner")
            try PathSegment.check(name, argument: "name")
        }
    }

    private static func parse(_ text: String) -> ModelReference? {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        if text.utf8.count == 64, text.utf8.allSatisfy({ hexadecimalValue($0) != nil }) { return .version(text) }
        // By code points: an accent would make one letter with the mark before it.
        let parts = text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { Substring($0) }
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        if parts.count == 3, parts[0] == "deployments", !parts[2].unicodeScalars.contains(":") {
            return .deployment(owner: String(parts[1]), name: String(parts[2]))
        }
        guard parts.count == 2, !parts[0].unicodeScalars.contains(":") else { return nil }
        let name = parts[1].unicodeScalars.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard name.allSatisfy({ !$0.isEmpty }) else { return nil }
        if name.count == 2 { return name[1].contains(":") ? nil : .version(String(name[1])) }
        return .model(owner: String(parts[0]), name: String(parts[1]))
    }
}
