// One attempt of a call that did not succeed: what an error lists, and what is told before the next attempt.

public struct FailedAttempt: Sendable {
    var kind: ReplicateError.Kind
    var status: Int?
    var message: String
    /// How long it took.
    var seconds: Double
    /// What is waited before the next; nil after the last.
    var wait: Double?

    init(_ error: ReplicateError, seconds: Double, wait: Double? = nil) {
        (kind, status, message) = (error.kind, error.status, error.message)
        (self.seconds, self.wait) = (seconds, wait)
    }

    /// So many of a call are remembered.
    static let mostListed = 20

    /// {"error", "status" where there is one, "message", "seconds", "wait" where another follows}
    var json: [UInt8] {
        var text = Array("{\"error\":".utf8) + JSONString.quoted(kind.rawValue)
        if let status { text += ",\"status\":\(status)".utf8 }
        text += Array(",\"message\":".utf8) + JSONString.quoted(message)
        text += ",\"seconds\":\(Self.rounded(seconds))".utf8
        if let wait { text += ",\"wait\":\(Self.rounded(wait))".utf8 }
        return text + [UInt8(ascii: "}")]
    }

    static func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}

extension ReplicateError {
    /// The attempts of the request that failed, in their order, as a JSON array; nil where none was made.
    public var tries: JSON? {
        guard !self.attemptList.isEmpty else { return nil }
        var text = [UInt8(ascii: "[")]
        for (index, attempt) in self.attemptList.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += attempt.json
        }
        return try? JSON(validating: text + [UInt8(ascii: "]")])
    }
}
