// `owner/name`: how models and deployments are named.

struct FullName: Hashable, Sendable {
    var owner: String
    var name: String

    var text: String { "\(owner)/\(name)" }

    init(owner: String, name: String) {
        self.owner = owner
        self.name = name
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let owner = parts.first, let name = parts.last, !owner.isEmpty, !name.isEmpty else {
            return nil
        }
        self.init(owner: owner, name: name)
    }

    /// What new models and deployments may be called: it must be able to stand in a path.
    static func isName(_ text: String) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 64 else { return false }
        let isInside = text.utf8.allSatisfy { isPlain($0) || "-_.".utf8.contains($0) }
        return isPlain(first) && isPlain(last) && isInside
    }
}
