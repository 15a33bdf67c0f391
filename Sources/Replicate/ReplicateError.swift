// The one error of the library: what a caller can decide on (kind, retryable, delivery) and what a person can read.

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
    /// The prediction as last seen, where one is known.
    public var prediction: JSON?

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

extension ReplicateError: CustomStringConvertible {
    /// One line: the kind, the message, and what the caller must know about a create.
    public var description: String {
        var line = "\(kind.rawValue): \(message)"
        if let status { line += " (HTTP \(status))" }
        switch delivery {
        case .maybeSent: line += " [the request may have reached the server: it may have been billed]"
        case .notSent, .rejected, nil: break
        }
        return line
    }
}
