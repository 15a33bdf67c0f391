// The one error of the library: what a caller can decide on (kind, retryable, delivery) and what a person can read.

@dynamicMemberLookup
public struct ReplicateError: Error, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// No token, or one that the service does not take (401, 403).
        case auth
        /// The account cannot pay (402).
        case billing
        case notFound = "not_found"
        /// The request is wrong: checked here, or by the service (400, 409, 413, 422 and other 4xx).
        case invalidInput = "invalid_input"
        case rateLimited = "rate_limited"
        /// The prediction ran and failed.
        case modelFailed = "model_failed"
        case contentFiltered = "content_filtered"
        /// The service or the model has no room now (503, or the model said so).
        case capacity
        case canceled
        case timeout
        /// The service could not be reached, the connection broke, or the service failed to answer (408, 425, 5xx).
        case network
        case truncated
        /// The answer is not what the API promises.
        case `protocol`
        /// The fault is in this library or in what it stands on.
        case `internal`
    }

    /// What became of a create that failed.
    public enum Delivery: String, Sendable {
        /// Nothing of the request reached the server: there is no prediction.
        case notSent = "not_sent"
        /// The server answered that it will not do it: there is no prediction.
        case rejected
        /// The request, or part of it, was sent: a prediction may exist and may be billed.
        case maybeSent = "maybe_sent"
    }

    public struct Fields: Sendable {
        public var kind: Kind
        public var message: String
        /// The HTTP status that the server answered with, if it did.
        public var status: Int?
        public var title: String?
        public var detail: String?
        /// The server's `invalid_fields` array as it was sent.
        public var invalidFields: JSON?
        /// Seconds that the server asked to wait.
        public var retryAfter: Double?
        /// What the server's headers said of the rate limit: requests left, and seconds until they are renewed.
        public var rateLimitRemaining: Int?
        public var rateLimitReset: Double?
        /// The service's own code where a prediction's error has one, such as "E1001".
        public var code: String?
        /// The same call may succeed later, unchanged.
        public var retryable = false
        public var delivery: Delivery?
        /// Requests that were made; 0 when the call failed before the first.
        public var attempts = 0
        /// The last of them; see `tries`.
        var attemptList: [FailedAttempt] = []
        /// The prediction as last seen, where one is known.
        public var prediction: JSON?
        /// The id of what a create has made, whose answer could not be read.
        var made: String?
    }

    /// In a box: an error stands in the frame of every function that may throw one, and ten thousand runs wait in such frames.
    private indirect enum Box: Sendable { case fields(Fields) }

    private var box: Box

    public init(_ kind: Kind, _ message: String) {
        box = .fields(Fields(kind: kind, message: message))
    }

    /// Says first what it was that failed.
    mutating func prefix(_ words: String) { self.message = "\(words): \(self.message)" }

    /// Without the token, wherever a server may have said it.
    public func hiding(_ secret: String?) -> ReplicateError {
        guard let secret, !secret.isEmpty else { return self }
        var error = self
        error.message = ForeignText.hiding(secret, inCut: error.message)
        error.title = error.title.map { ForeignText.hiding(secret, inCut: $0) }
        error.detail = error.detail.map { ForeignText.hiding(secret, inCut: $0) }
        error.invalidFields = error.invalidFields.flatMap {
            try? JSON(validating: ForeignText.hiding(secret, in: String(decoding: $0.bytes, as: UTF8.self)))
        }
        for index in error.attemptList.indices {
            error.attemptList[index].message = ForeignText.hiding(secret, inCut: error.attemptList[index].message)
        }
        return error
    }

    public subscript<Value>(dynamicMember field: WritableKeyPath<Fields, Value>) -> Value {
        get {
            switch box {
            case .fields(let fields): fields[keyPath: field]
            }
        }
        set {
            switch box {
            case .fields(var fields):
                fields[keyPath: field] = newValue
                box = .fields(fields)
            }
        }
    }
}

extension ReplicateError: CustomStringConvertible {
    /// One line: the kind, the message, and what the caller must know about a create.
    public var description: String {
        var line = "\(self.kind.rawValue): \(self.message)"
        if let status = self.status { line += " (HTTP \(status))" }
        switch self.delivery {
        case .maybeSent: line += " [the request may have reached the server: it may have been billed]"
        case .notSent, .rejected, nil: break
        }
        return line
    }
}
